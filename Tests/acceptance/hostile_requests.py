#!/usr/bin/env python3
"""Requests that can be read in two ways: never two answers for one, nothing hidden is counted.

    hostile_requests.py BINARY

What a proxy in front takes for one request and the collector for two (request smuggling) would let
a stranger's bytes be answered as another's. Each shape is sent with a well-formed beacon behind it.
"""

from support.beacons import TRUSTED
from support.collector import Collector
from support.footfall import value_rows
from support.frames import (
    CHUNKED, FIELDS, GET, LAST, PASSED, PASSED_LAST, POST, REFUSED, TAKEN, UNANSWERED, Pages, Shape,
    beacon, body, exchange, outcome, request, sized)
from support.options import run_test
from support.wire import chunked

REFUSED_ONLY, TAKEN_ONLY = (REFUSED,), (TAKEN,)


def length(data):
    return b"Content-Length: %d" % len(data)


def in_chunks(page, *lines, size=b"%x", end=b"\r\n", after=b"\r\n", last=b"0\r\n\r\n", first=POST):
    """A beacon in one chunk, each of whose parts may be spoilt."""
    data = body(page)
    told = size % len(data) if b"%" in size else size
    return request(first, *(lines or (CHUNKED,)), data=told + end + data + after + last)


def behind_an_empty_body(pages, *lines):
    """A reader by chunks sees an empty body, and behind it a request; one by length sees a body."""
    data = b"0\r\n\r\n" + beacon(pages.hidden)
    return request(POST, *lines, length(data), data=data)


def in_a_chunk(pages, *lines):
    """A reader by chunks sees a body; one by length sees its first line alone, and a request."""
    data = beacon(pages.hidden)
    first = b"%x\r\n" % len(data)
    return request(POST, *lines, length(first), data=first + data + b"\r\n0\r\n\r\n")


def both_lengths(pages, first, second):
    """Two lengths, of the beacon alone and of all that follows: 0 and 1 say which stands first."""
    own, hidden = body(pages.seen), beacon(pages.hidden)
    lengths = (length(own), length(own + hidden))
    return request(POST, lengths[first], lengths[second], data=own + hidden)


def told(form):
    """A beacon whose length is told in this form."""
    return lambda pages: request(POST, b"Content-Length:" + form % len(body(pages.seen)),
                                 data=body(pages.seen))


# Codings that only a careless reader takes for `chunked`, and lines that only he takes for one.
ODD_CODINGS = [
    b"Transfer-Encoding: xchunked", b"Transfer-Encoding : chunked",
    b"Transfer-Encoding:\x0bchunked", b"Transfer-Encoding:\x0cchunked",
    b"Transfer-Encoding: chunked, identity", b"Transfer-Encoding: identity",
    b"Transfer-Encoding: \x00chunked", b"Transfer-Encoding: chunked\x00",
    b" Transfer-Encoding: chunked", b"\tTransfer-Encoding: chunked",
    b"X: y\nTransfer-Encoding: chunked", b"X: y\rTransfer-Encoding: chunked",
    b"Transfer-Encoding\r\n : chunked", b"Transfer-Encoding:\r\n chunked",
    b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
    b'Transfer-Encoding: "chunked"', b"Transfer-Encoding: chunked\x01",
    b"Transfer-Encoding: chun\xc3\xb1ked", b"Transfer-Encoding: chunked;q=1",
    b"Transfer-Encoding: chunked chunked", b"Transfer-Encoding: chunked, chunked",
    b"\x00Transfer-Encoding: chunked", b"Transfer-Encoding\x00: chunked",
    b"Transfer-\xc4\xb0Encoding: chunked",
]

LENGTHS = [
    Shape("length and chunks", lambda p: behind_an_empty_body(p, CHUNKED), REFUSED_ONLY),
    Shape("chunks and length", lambda p: in_a_chunk(p, CHUNKED), REFUSED_ONLY),
    Shape("two lengths, short first", lambda p: both_lengths(p, 0, 1), REFUSED_ONLY),
    Shape("two lengths, long first", lambda p: both_lengths(p, 1, 0), REFUSED_ONLY),
    # RFC 9112 §6.3 leaves a choice where they are the same.
    Shape("one length twice", lambda p: request(
        POST, *[length(body(p.seen))] * 2, data=body(p.seen)), (REFUSED, TAKEN)),
    Shape("a list of one length", lambda p: request(
        POST, b"Content-Length: %d, %d" % ((len(body(p.seen)),) * 2), data=body(p.seen)),
        (REFUSED, TAKEN)),
    *(Shape(f"length {form}", told(form), REFUSED_ONLY) for form in (
        b" +%d", b" -%d", b" 0x%x", b" %d 0", b" 0 %d", b" %d;", b" %d.0", b" %de0", b" %d,",
        b' "%d"', b" _%d", b"\x0b%d", b"%d\x0b", b" %d\x00", b" \xef\xbc\x91%d",
        b" 99999999999999999999%d", b" 184467440737095516%d", b"\r\n %d",
        b" %d\r\n 0")),
    *(Shape(f"length {form}", told(form), TAKEN_ONLY) for form in (
        b"%d", b" 000%d", b"\t%d \t")),
    Shape("no length, no body", lambda p: request(POST), (PASSED,)),
    Shape("an empty length", lambda p: request(POST, b"Content-Length:", data=body(p.seen)),
          REFUSED_ONLY),
    *(Shape(f"{line} and less of a body", lambda p, line=line: request(
        POST, line, data=body(p.seen)), (UNANSWERED, REFUSED), half_closes=True)
      for line in (b"Content-Length: 60000", b"Content-Length: 9223372036854775807")),
]

CODINGS = [
    *(Shape(f"{line} hides behind a body", lambda p, line=line: behind_an_empty_body(p, line),
            REFUSED_ONLY) for line in ODD_CODINGS),
    *(Shape(f"{line} hides in a body", lambda p, line=line: in_a_chunk(p, line), REFUSED_ONLY)
      for line in ODD_CODINGS),
    *(Shape(f"{line} alone", lambda p, line=line: in_chunks(p.seen, line), REFUSED_ONLY)
      for line in ODD_CODINGS),
    # A name of its own: there is a length, and it is the body's.
    Shape("Transfer_Encoding is another header",
          lambda p: behind_an_empty_body(p, b"Transfer_Encoding: chunked"), (PASSED, REFUSED)),
    *(Shape(f"{line}", lambda p, line=line: in_chunks(p.seen, line), TAKEN_ONLY)
      for line in (CHUNKED, b"transfer-encoding:CHUNKED ")),
    # What is packed as well is refused (501), or is no JSON, or is read as it came.
    *(Shape(f"{line}", lambda p, line=line: in_chunks(p.seen, line), (REFUSED, TAKEN, PASSED))
      for line in (b"Transfer-Encoding: gzip, chunked", b"Transfer-Encoding: identity, chunked",
                   b"Transfer-Encoding: ,chunked")),
]

CHUNKS = [
    *(Shape(f"chunk size {size}", lambda p, size=size: in_chunks(p.seen, size=size), TAKEN_ONLY)
      for size in (b"%X", b"0000%x", b"%x;a=b", b'%x;a="b"')),
    *(Shape(f"chunk size {size[:30]}", lambda p, size=size: in_chunks(p.seen, size=size),
            REFUSED_ONLY)
      for size in (b'%x;a="\r\n"', b" %x", b"0x%x", b"+%x", b"-%x", b"%x;a\x00b", b"%x;a\nb", b"",
                   b"F" * 17, b"1" + b"0" * 16, b"1" + b"0" * 15 + b"%x", b"g", b"%x,",
                   b"%x\x00")),
    *(Shape(f"chunk size {size}", lambda p, size=size: in_chunks(p.seen, size=size),
            (REFUSED, TAKEN)) for size in (b"%x ", b"%x\t", b"%x;")),
    Shape("the largest chunk size", lambda p: in_chunks(p.seen, size=b"F" * 16),
          (UNANSWERED, REFUSED), half_closes=True),
    *(Shape(f"a chunk's line ends in {end}", lambda p, end=end: in_chunks(p.seen, end=end),
            REFUSED_ONLY) for end in (b"\n", b"\r", b"\r\r\n")),
    *(Shape(f"a chunk ends in {after}", lambda p, after=after: in_chunks(p.seen, after=after),
            REFUSED_ONLY) for after in (b"", b"\n", b"xx\r\n")),
    Shape("the last chunk ends in line feeds", lambda p: in_chunks(p.seen, last=b"0\n\n"),
          REFUSED_ONLY),
    Shape("a trailer", lambda p: in_chunks(p.seen, last=b"0\r\nX: y\r\n\r\n"), TAKEN_ONLY),
    *(Shape(f"trailer {line}", lambda p, line=line: in_chunks(
        p.seen, last=b"0\r\n" + line + b"\r\n\r\n"), REFUSED_ONLY)
      for line in (b"X : y", b"X: \x00", b"X: a\r\n b", b"X: a\nY: b")),
    *(Shape(f"trailer {line}", lambda p, line=line: in_chunks(
        p.seen, last=b"0\r\n" + line + b"\r\n\r\n"), (REFUSED, TAKEN))
      for line in (b"Content-Length: 5", CHUNKED, b"Host: x", b"X-Forwarded-For: 192.0.2.1")),
    Shape("a trailer that hides a beacon", lambda p: in_chunks(
        p.seen, last=b"0\r\n" + beacon(p.hidden)), REFUSED_ONLY),
    Shape("trailers without end", lambda p: in_chunks(
        p.seen, last=b"0\r\n" + b"X: aaaaaaaaaaaa\r\n" * 20000 + b"\r\n"), REFUSED_ONLY),
    Shape("no last chunk", lambda p: in_chunks(p.seen, last=b""), REFUSED_ONLY),
    Shape("chunks of one byte", lambda p: request(
        POST, CHUNKED, data=chunked(body(p.seen) + b" " * 20000, 1)), TAKEN_ONLY),
]

HEADS = [
    Shape("line feeds alone", lambda p: beacon(p.seen).replace(b"\r\n", b"\n"), REFUSED_ONLY),
    *(Shape(f"the head ends in {end}", lambda p, end=end: beacon(p.seen).replace(
        b"\r\n\r\n", end), REFUSED_ONLY) for end in (b"\n\n", b"\r\n\n", b"\n\r\n", b"\r\r")),
    *(Shape(f"header {line}", lambda p, line=line: beacon(p.seen, line), REFUSED_ONLY)
      for line in (b"X: a\nY: b", b"X: a\rY: b", b"X: a\r", b"X: a\r\n b", b"X: a\r\n\tb", b"X : a",
                   b"X\t: a", b"Xabc", b": abc", b"X\x00: a", b"X: a\x00b", b"X: \x01", b"X: \x7f",
                   b"X: \x1b[2J", b"X\xff: b", b"X(: b", b'"X": b')),
    *(Shape(f"header {line}", lambda p, line=line: beacon(p.seen, line), TAKEN_ONLY)
      for line in (b"X: \xff\xfe", b"X: \xc3\xa4", b"X:", b"X:\t a \t", b"Content-Lengt: 5",
                   b"Content-Length-: 5")),
    Shape("a head past the limit", lambda p: beacon(p.seen, b"X: " + b"a" * 40000), REFUSED_ONLY),
    Shape("a name past the limit", lambda p: beacon(p.seen, b"X" * 40000 + b": a"), REFUSED_ONLY),
    Shape("3,000 headers", lambda p: beacon(p.seen, *(b"X: a" for _ in range(3000))),
          REFUSED_ONLY),
    Shape("70 headers", lambda p: beacon(p.seen, *(b"X: a" for _ in range(70))), TAKEN_ONLY),
    Shape("folded before all", lambda p: sized(POST, p.seen, fields=b" X: y\r\n" + FIELDS),
          REFUSED_ONLY),
    # RFC 9112 §2.2: an empty line before the request may be passed over.
    *(Shape(f"{line}POST", lambda p, line=line: line + beacon(p.seen), (TAKEN, REFUSED))
      for line in (b"\r\n", b"\r\n\r\n\r\n", b"\n")),
]

FIRST_LINES = [
    *(Shape(f"{line}", lambda p, line=line: sized(line + b"\r\n", p.seen), REFUSED_ONLY)
      for line in (b"POST /api/event HTTP/1.2", b"POST /api/event HTTP/2.0",
                   b"POST /api/event HTTP/0.9", b"POST /api/event http/1.1", b"POST /api/event",
                   b"POST\t/api/event\tHTTP/1.1", b"post /api/event HTTP/1.1",
                   b" POST /api/event HTTP/1.1", b"POST /api/event\x00 HTTP/1.1",
                   b"POST /api/event\xff HTTP/1.1", b"POST api/event HTTP/1.1",
                   b"P\x00ST /api/event HTTP/1.1", b"PO(T /api/event HTTP/1.1",
                   b"POST /api/event HTTP/1.1\rX", b"PRI * HTTP/2.0",
                   b"POST /api/event?" + b"a" * 9000 + b" HTTP/1.1")),
    *(Shape(f"{line}", lambda p, line=line: sized(line + b"\r\n", p.seen), (REFUSED, PASSED))
      for line in (b"POST /api/event/../event HTTP/1.1", b"POST /API/EVENT HTTP/1.1",
                   b"POST /api/%65vent HTTP/1.1", b"POST /api/event#x HTTP/1.1",
                   b"POST * HTTP/1.1", b"TRACE /api/event HTTP/1.1", b"XYZ /api/event HTTP/1.1")),
    *(Shape(f"{line}", lambda p, line=line: sized(line + b"\r\n", p.seen), (REFUSED, TAKEN))
      for line in (b"POST  /api/event HTTP/1.1", b"POST //api/event HTTP/1.1",
                   b"POST /api/event/ HTTP/1.1", b"POST /api/event HTTP/1.1 ")),
    *(Shape(f"{line}", lambda p, line=line: sized(line + b"\r\n", p.seen), TAKEN_ONLY)
      for line in (b"POST http://stats.test/api/event HTTP/1.1",
                   b"POST /api/event?a=b HTTP/1.1")),
]

BODIES_OF_OTHERS = [
    *(Shape(f"{line} with a body", lambda p, line=line: sized(
        line + b"\r\n", "", data=beacon(p.hidden)), (PASSED, REFUSED))
      for line in (b"GET /healthz HTTP/1.1", b"GET /pixel.gif HTTP/1.1", b"GET /nav-te HTTP/1.1",
                   b"OPTIONS /api/event HTTP/1.1", b"DELETE /x HTTP/1.1", b"HEAD / HTTP/1.1",
                   b"PUT /api/event HTTP/1.1", b"POST /nav-te HTTP/1.1")),
    Shape("GET with chunks", lambda p: request(GET, CHUNKED, data=chunked(beacon(p.hidden))),
          (PASSED, REFUSED)),
    Shape("GET without a body", lambda p: request(GET, b"Content-Length: 0"), (PASSED,)),
    Shape("CONNECT", lambda p: request(
        b"CONNECT stats.test:80 HTTP/1.1\r\n", data=beacon(p.hidden)), (PASSED_LAST, REFUSED),
        half_closes=True),
    Shape("a change to HTTP/2", lambda p: beacon(
        p.seen, b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c",
        b"HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"), (LAST, TAKEN), half_closes=True),
    Shape("a change to WebSocket", lambda p: request(
        GET, b"Connection: Upgrade", b"Upgrade: websocket", data=beacon(p.next)),
        (PASSED_LAST, PASSED), half_closes=True),
    Shape("Expect", lambda p: beacon(p.seen, b"Expect: 100-continue"), TAKEN_ONLY),
    *(Shape(f"{line}, then another", lambda p, line=line: beacon(p.seen, line) + beacon(p.hidden),
            (LAST,)) for line in (
        b"Connection: close", b"Connection: CLOSE", b"Connection:close ", b"Connection: close, te",
        b"Connection: te\r\nConnection: close")),
    Shape("GET that closes, then another", lambda p: request(GET, b"Connection: close")
          + beacon(p.hidden), (PASSED_LAST,)),
    Shape("HTTP/1.0, then another", lambda p: sized(
        b"POST /api/event HTTP/1.0\r\n", p.seen) + beacon(p.hidden), (LAST,)),
    Shape("HTTP/1.0 with chunks", lambda p: in_chunks(
        p.seen, first=b"POST /api/event HTTP/1.0\r\n"), (LAST, REFUSED)),
]


def no_shape_is_read_in_two_ways(checks, bench):
    shapes = [*LENGTHS, *CODINGS, *CHUNKS, *HEADS, *FIRST_LINES, *BODIES_OF_OTHERS]
    with Collector(bench, *TRUSTED, environment={"FOOTFALL_LOG_LEVEL": "trace"}) as collector:
        seen = [(shape, Pages(number), exchange(collector.server, shape, Pages(number)))
                for number, shape in enumerate(shapes)]
        counted = collector.pages()
        for shape, pages, statuses in seen:
            checks.one_of(shape.title, shape.expected, outcome(statuses, pages, counted))
        checks.equal("pages counted more than once", [],
                     [page for page, count in counted.items() if count != 1])
        books = collector.footfall.books("veikals.test")
        checks.equal("the books balance", (books["received"], sum(counted.values())),
                     (books["kept"] + sum(books["dropped"].values()), books["kept"]))
        checks.equal("it still answers", 200, collector.server.request("GET", "/healthz").status)


def answers_come_in_order(checks, bench):
    """200 requests of five kinds in one write: as many answers, each in its place."""
    kinds = [
        (202, lambda n: beacon(Pages(n).seen)),
        (200, lambda n: request(GET)),
        (400, lambda n: sized(POST, "", data=b"{")),
        (202, lambda n: in_chunks(Pages(n).seen)),
        (404, lambda n: request(b"GET /nav-te HTTP/1.1\r\n")),
    ]
    with Collector(bench, *TRUSTED) as collector:
        for title, order in (("each after the other", lambda n: n % 5),
                             ("beacons, then all others", lambda n: 0 if n < 150 else n % 5)):
            chosen = [kinds[order(number)] for number in range(200)]
            with collector.server.connect() as connection:
                connection.send(b"".join(
                    build(number) for number, (_, build) in enumerate(chosen)))
                got = [connection.response().status for _ in chosen]
            checks.equal(title, [status for status, _ in chosen], got)
        beacons = {Pages(n).seen for n in range(200) if n < 150 or n % 5 in (0, 3)}
        rows = value_rows(collector.footfall.query(
            "veikals.test", ["pageviews"], "today", "page"), "pageviews")
        checks.check("all beacons are counted", beacons <= set(rows), f"{len(rows)} pages")


if __name__ == "__main__":
    run_test(__file__, __doc__, [
        no_shape_is_read_in_two_ways,
        answers_come_in_order,
    ])
