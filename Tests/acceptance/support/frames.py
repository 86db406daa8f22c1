"""Requests as bytes, made to be read in two ways, and what came of each.

Every shape is followed by a well-formed beacon on the same connection. A shape has up to three
beacons, each for a page of its own: the one that everybody can see, one that stands in its body or
behind it where only a confused reader would find it, and the one that follows.
"""

import json
import socket
from dataclasses import dataclass

from support.agents import CHROME
from support.beacons import BROWSER, pageview
from support.collector import SITE
from support.wire import Connection, ConnectionLost
from support.words import word

FIELDS = b"".join(b"%s: %s\r\n" % (name.encode(), value.encode()) for name, value in (
    ("Host", "stats.test"), ("User-Agent", CHROME.text), *BROWSER,
    ("X-Forwarded-For", "198.51.100.1")))
POST = b"POST /api/event HTTP/1.1\r\n"
GET = b"GET /healthz HTTP/1.1\r\n"
CHUNKED = b"Transfer-Encoding: chunked"
# A whole request that is not read by the beacon's own path, nor is what follows it.
ODD = b"HEAD /healthz HTTP/1.1\r\nHost: stats.test\r\n\r\n"

# One answer that says no, the connection closed, nothing counted.
REFUSED = "refused"
# Answered and counted, and so is what follows.
TAKEN = "taken"
# Answered and counted, and then the connection is closed.
LAST = "last on its connection"
# Answered, not counted; what follows is.
PASSED = "passed over"
# Answered, not counted, and the connection is closed.
PASSED_LAST = "passed over and last"
# Neither answered nor counted: it never came to its end.
UNANSWERED = "unanswered"


@dataclass(frozen=True)
class Pages:
    """The pages of one shape's beacons."""

    number: int

    @property
    def seen(self):
        return f"/{word(3 * self.number)}"

    @property
    def hidden(self):
        return f"/{word(3 * self.number + 1)}"

    @property
    def next(self):
        return f"/{word(3 * self.number + 2)}"


@dataclass(frozen=True)
class Shape:
    """A request; `build` makes its bytes from its Pages. `expected` are the outcomes it may have.

    `half_closes` says that the sender closes his half behind it, where the server rightly waits
    for more.
    """

    title: str
    build: object
    expected: tuple
    half_closes: bool = False


def body(page):
    return json.dumps(pageview(f"https://{SITE}{page}")).encode()


def request(first, *lines, data=b"", fields=FIELDS):
    """A request with exactly these lines, and nothing of its own behind them."""
    return first + fields + b"".join(line + b"\r\n" for line in lines) + b"\r\n" + data


def sized(first, page, *lines, data=None, fields=FIELDS):
    """The same with its length told."""
    data = body(page) if data is None else data
    return request(first, *lines, b"Content-Length: %d" % len(data), data=data, fields=fields)


def beacon(page, *lines):
    return sized(POST, page, *lines)


# In place of a status: the server neither answers nor closes.
LEFT_OPEN = 0
WAIT_SECONDS = 10


def exchange(server, shape, pages):
    """Sends a shape with its follower; gives the statuses of all answers until the server closes."""
    data = shape.build(pages)
    with Connection("127.0.0.1", server.port, WAIT_SECONDS) as connection:
        try:
            connection.send(data + beacon(pages.next, b"Connection: close"))
            if shape.half_closes:
                connection.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # refused before all of it was sent
        return statuses(connection, data.split(b" ", 1)[0].strip().decode("latin-1"))


def statuses(connection, method):
    """The statuses of the answers up to the end of the connection; each must be whole."""
    found = []
    while True:
        try:
            found.append(connection.response(method).status)
            method = "POST"
        except TimeoutError:
            return [*found, LEFT_OPEN]
        except ConnectionResetError:
            return found
        except ConnectionLost:
            if connection.pending:
                raise
            return found


def outcome(statuses_seen, pages, counted):
    """What came of a shape, as one of the words above; else what was seen, as text."""
    kept = "".join(letter for letter, page in (
        ("s", pages.seen), ("h", pages.hidden), ("n", pages.next)) if page in counted)
    first = statuses_seen[0] if statuses_seen else None
    # What comes behind a request that closes its connection may be told that it is too late.
    closing = len(statuses_seen) == 1 or statuses_seen[1:] == [400]
    if LEFT_OPEN in statuses_seen:
        return f"left open after {statuses_seen[:-1]}, counted {kept or 'nothing'}"
    if not statuses_seen and not kept:
        return UNANSWERED
    if len(statuses_seen) == 1 and first in (400, 414, 431, 501) and not kept:
        return REFUSED
    if statuses_seen == [202, 202] and kept == "sn":
        return TAKEN
    if first == 202 and closing and kept == "s":
        return LAST
    if len(statuses_seen) == 2 and statuses_seen[1] == 202 and kept == "n":
        return PASSED
    if first is not None and closing and not kept:
        return PASSED_LAST
    return f"answers {statuses_seen}, counted {kept or 'nothing'}"
