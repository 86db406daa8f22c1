"""Beacons as trackers send them, through a proxy that tells the visitor's address."""

from support.agents import CHROME

# What every browser sends besides; a sender without it may rightly be taken for a robot.
BROWSER = (("Accept", "*/*"), ("Accept-Language", "lv,en;q=0.8"))
TRUSTED = ("--trusted-proxy", "127.0.0.1/32")


def headers(address=None, agent=CHROME.text, *more):
    """The headers of a beacon from this address; None leaves the peer's own."""
    given = [("Content-Type", "text/plain"), *BROWSER]
    if agent is not None:
        given.append(("User-Agent", agent))
    if address is not None:
        given.append(("X-Forwarded-For", address))
    return [*given, *more]


def pageview(url, **more):
    return {"n": "pageview", "u": url} | more


def send(connection, body, address=None, agent=CHROME.text, *more):
    """Sends one beacon and gives the answer."""
    return connection.request("POST", "/api/event", headers(address, agent, *more), body)


def kept(answer):
    """Whether the answer promises that the event is kept."""
    return answer.status == 202 and answer.dropped is None
