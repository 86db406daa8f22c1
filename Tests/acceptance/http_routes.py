#!/usr/bin/env python3
"""The routes beside the beacon's: pixel, script, preflight, figures for a token; and the wire.

    http_routes.py BINARY
"""

import gzip
import json
import socket
from urllib.parse import urlencode

from support.agents import BROWSERS, ROBOTS
from support.beacons import TRUSTED, headers, kept, pageview
from support.collector import OTHER, SITE, URL, Case, Collector
from support.footfall import calm_zone, poll
from support.options import run_test
from support.wire import chunked, request_bytes

REACHES_A_SERVER_WITHIN = 5  # the design says 2 s; the rest is for a busy machine


def pixel_and_script(checks, bench):
    with Collector(bench, *TRUSTED) as collector:
        query = urlencode({"n": "pageview", "d": SITE, "u": f"https://{SITE}/attels"})
        answer = collector.server.request("GET", f"/pixel.gif?{query}", headers("198.51.100.1"))
        checks.one_of("pixel: status", (200, 202), answer.status)
        checks.equal("pixel: type", "image/gif", answer.header("Content-Type"))
        checks.check("pixel: a picture", answer.body[:6] in (b"GIF89a", b"GIF87a"))
        checks.contains("pixel: not cached", answer.header("Cache-Control") or "", "no-store")
        checks.equal("pixel: books", (1, 1, {}), collector.difference())
        checks.equal("pixel: its page", 1, collector.pages().get("/attels"))
        robot = collector.server.request(
            "GET", f"/pixel.gif?{query}", headers("198.51.100.1", ROBOTS[0]))
        checks.equal("pixel: a bot's", "bot", robot.dropped)
        checks.equal("pixel: a bot in the books", (1, 0, {"bot": 1}), collector.difference())
        bad = collector.server.request("GET", "/pixel.gif?n=pageview", headers("198.51.100.1"))
        checks.one_of("pixel: without url", (400, 200, 202), bad.status)
        script(checks, collector)


def script(checks, collector):
    plain = collector.server.request("GET", "/footfall.js")
    checks.equal("script: status", 200, plain.status)
    checks.contains("script: type", plain.header("Content-Type") or "", "javascript")
    checks.check("script: cached", "max-age" in (plain.header("Cache-Control") or ""),
                 str(plain.headers))
    checks.check("script: posts to the beacon route", b"/api/event" in plain.body)
    packed = collector.server.request("GET", "/footfall.js", [("Accept-Encoding", "gzip, br")])
    checks.equal("script: packed", "gzip", packed.header("Content-Encoding"))
    checks.equal("script: the same when unpacked", plain.body, gzip.decompress(packed.body))
    checks.contains("script: caches know of packing", packed.header("Vary") or "",
                    "Accept-Encoding")
    for title, answer, more in (("plain", plain, []),
                                ("packed", packed, [("Accept-Encoding", "gzip")])):
        tag = answer.header("ETag")
        checks.check(f"script: ETag, {title}", tag, str(answer.headers))
        again = collector.server.request("GET", "/footfall.js", [("If-None-Match", tag), *more])
        checks.equal(f"script: not modified, {title}", (304, b""), (again.status, again.body))
        other = collector.server.request("GET", "/footfall.js", [
            ("User-Agent", BROWSERS[5].text), *more])
        checks.equal(f"script: one ETag for all, {title}", tag, other.header("ETag"))
    changed = collector.server.request("GET", "/footfall.js", [("If-None-Match", '"cits"')])
    checks.equal("script: another ETag", 200, changed.status)
    checks.equal("script: no trace in the books", (0, 0, {}), collector.difference())


def cross_origin(checks, bench):
    origin = (("Origin", f"https://{SITE}"),)
    asks = [*origin, ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Headers", "content-type")]
    with Collector(bench, *TRUSTED) as collector:
        answer = collector.server.request("OPTIONS", "/api/event", asks)
        checks.one_of("preflight: status", (200, 204), answer.status)
        checks.equal("preflight: origin", "*", answer.header("Access-Control-Allow-Origin"))
        checks.contains("preflight: method", answer.header(
            "Access-Control-Allow-Methods") or "", "POST")
        checks.contains("preflight: headers", answer.header(
            "Access-Control-Allow-Headers") or "", "content-type")
        checks.equal("preflight: no beacon", (0, 0, {}), collector.difference())
        for title, body in (("kept", pageview(URL)), ("dropped", pageview("https://nav-te.test/")),
                            ("malformed", b"{")):
            answer = collector.send(Case("", body, headers=origin))
            checks.equal(f"{title}: origin", "*", answer.header("Access-Control-Allow-Origin"))
            checks.equal(f"{title}: no credentials", None, answer.header(
                "Access-Control-Allow-Credentials"))
        answer = collector.send(Case("", pageview(URL), dropped="bot", agent=ROBOTS[0]))
        checks.contains("the reason can be read by a page", answer.header(
            "Access-Control-Expose-Headers") or "", "Footfall-Dropped")
        for path in ("/healthz", "/footfall.js", f"/{SITE}.txt", "/nav-te"):
            answer = collector.server.request("GET", path, origin)
            checks.equal(f"{path}: no CORS", None, answer.header("Access-Control-Allow-Origin"))


def other_routes(checks, bench):
    with Collector(bench, *TRUSTED) as collector:
        for path in ("/healthz", "/readyz"):
            for method in ("GET", "HEAD"):
                checks.equal(f"{method} {path}", 200,
                             collector.server.request(method, path).status)
        for method, path in (("GET", "/api/event"), ("PUT", "/api/event"), ("GET", "/nav-te"),
                             ("GET", "/../secret"), ("GET", "/%2e%2e/footfall.sqlite"),
                             ("GET", "/footfall.sqlite"), ("DELETE", "/pixel.gif")):
            answer = collector.server.request(method, path, headers("198.51.100.1"))
            checks.one_of(f"{method} {path}", (400, 401, 404, 405), answer.status)
        checks.equal("no trace of them in the books", (0, 0, {}), collector.difference())


def ways_of_sending(checks, bench):
    """The same beacon in the shapes that clients and proxies put on the wire."""
    body = json.dumps(pageview(URL)).encode()
    plain = request_bytes("POST", "/api/event", headers("198.51.100.1"), body)
    with Collector(bench, *TRUSTED) as collector:
        with collector.server.connect() as connection:
            connection.send(plain * 3)
            answers = [connection.response().status for _ in range(3)]
            checks.equal("three at once on one connection", [202] * 3, answers)
            mixed = plain + request_bytes("GET", "/healthz") + plain
            connection.send(mixed)
            answers = [connection.response().status for _ in range(3)]
            checks.equal("mixed, answered in order", [202, 200, 202], answers)
            for byte in (plain[at:at + 1] for at in range(len(plain))):
                connection.send(byte)
            checks.equal("byte by byte", 202, connection.response().status)
            given = [*headers("198.51.100.1"), ("Transfer-Encoding", "chunked")]
            connection.send(request_bytes("POST", "/api/event", given, chunked(body)))
            checks.equal("in chunks", 202, connection.response().status)
            given = [*headers("198.51.100.1"), ("Expect", "100-continue")]
            connection.send(request_bytes("POST", "/api/event", given, body))
            checks.equal("with Expect", 202, connection.response().status)
        with collector.server.connect() as connection:
            given = [*headers("198.51.100.1"), ("Connection", "close")]
            checks.equal("the last on its connection", 202, connection.request(
                "POST", "/api/event", given, body).status)
            checks.equal("then it is closed", b"", connection.read_all())
        with collector.server.connect() as connection:
            connection.send(request_bytes(
                "POST", "/api/event", headers("198.51.100.1"), body, "HTTP/1.0"))
            checks.equal("HTTP/1.0", 202, connection.response().status)
        with collector.server.connect() as connection:
            connection.send(plain)
            connection.socket.shutdown(socket.SHUT_WR)
            checks.equal("half closed", 202, connection.response().status)
        checks.equal("each is kept", (11, 11, {}), collector.difference())


def figures_only_for_a_token(checks, bench):
    with Collector(bench, *TRUSTED, sites=(SITE, OTHER)) as collector:
        for number in range(7):
            collector.send(Case("", pageview(f"https://{SITE}/slepena"),
                                address=f"198.51.100.{number}"))
        token, other = (collector.footfall.create_token(site) for site in (SITE, OTHER))
        path, secret = f"/{SITE}.txt", "/slepena"

        def ask(given, where=path):
            return collector.server.request("GET", where, given)

        answer = poll(lambda: accepted(ask(bearer(token))), REACHES_A_SERVER_WITHIN)
        checks.check("with its token: figures", answer and secret in answer.text, str(answer))
        if answer:
            checks.contains("it is text", answer.header("Content-Type") or "", "text/plain")
            checks.equal("and not for caches", True, any(
                word in (answer.header("Cache-Control") or "") for word in ("no-store", "private")))
        for title, given, where in (
                ("no token", [], path), ("another site's", bearer(other), path),
                ("a wrong one", bearer("A" * 43), path), ("half of it", bearer(token[:20]), path),
                ("one more letter", bearer(token + "A"), path), ("an empty one", bearer(""), path),
                ("another scheme", [("Authorization", f"Basic {token}")], path),
                ("in the URL", [], f"{path}?token={token}"),
                ("in the URL, by OAuth's name", [], f"{path}?access_token={token}"),
                ("in a cookie", [("Cookie", f"token={token}")], path),
                ("unknown site", bearer(token), "/nav-te.test.txt")):
            answer = ask(given, where)
            checks.one_of(f"{title}: status", (400, 401, 403, 404), answer.status)
            checks.check(f"{title}: no figures", secret not in answer.text and not any(
                key.lower() == "set-cookie" for key, _ in answer.headers), answer.text)


def bearer(token):
    return [("Authorization", f"Bearer {token}")]


def accepted(answer):
    return answer if answer.status == 200 else None


def what_the_command_line_changes_reaches_serve(checks, bench):
    with Collector(bench, *TRUSTED) as collector:
        late = Case("", pageview("https://jauns.test/"))
        checks.equal("not yet a site", "unknown_site", collector.send(late).dropped)
        collector.footfall.add_site("jauns.test", calm_zone())
        checks.check("a site added while it runs", poll(
            lambda: kept(collector.send(late)), REACHES_A_SERVER_WITHIN))
        own = Case("", pageview(URL), address="198.51.100.200")
        checks.check("the owner's visit counts at first", kept(collector.send(own)))
        collector.footfall.must("site", "edit", SITE, "--exclude-address", "198.51.100.200")
        reason = poll(lambda: collector.send(own).dropped, REACHES_A_SERVER_WITHIN)
        checks.equal("and is left out when he says so", "excluded", reason)
        checks.check("others still count", kept(collector.send(Case("", pageview(URL)))))
        collector.footfall.must("site", "remove", "jauns.test", "--yes")
        reason = poll(lambda: collector.send(late).dropped, REACHES_A_SERVER_WITHIN)
        checks.equal("a site removed", "unknown_site", reason)


if __name__ == "__main__":
    run_test(__file__, __doc__, [
        pixel_and_script,
        cross_origin,
        other_routes,
        ways_of_sending,
        figures_only_for_a_token,
        what_the_command_line_changes_reaches_serve,
    ])
