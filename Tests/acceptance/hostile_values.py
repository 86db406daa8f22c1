#!/usr/bin/env python3
"""Values made to do harm: no forged log line or header, no forged address, no crash.

    hostile_values.py BINARY
"""

import json
import re
from urllib.parse import quote

from support.agents import CHROME
from support.beacons import BROWSER, TRUSTED, headers, kept, pageview, send
from support.collector import SITE, URL, Collector
from support.options import run_test
from support.wire import ConnectionLost

FORGED = "viltota"
# What a careless writer of logs, headers, terminals or JSON would end a line or a text with.
BREAKS = ["\r\n", "\n", "\r", "\u2028", "\u0085", "\x0b", "\0", "\r\n\r\n", "\x1b[2K\x1b[1G", "\"}\n"]
LOG_LINE = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+\d]* (trace|debug|info|notice|warning|error) footfall:"
    r"|Footfall listens on http://")
HEADERS = {
    "content-type", "content-length", "cache-control", "access-control-allow-origin",
    "access-control-expose-headers", "access-control-allow-methods", "access-control-allow-headers",
    "access-control-max-age", "cross-origin-resource-policy", "footfall-dropped", "retry-after",
    "connection", "date", "server", "etag", "vary", "location", "www-authenticate",
    "content-security-policy", "x-content-type-options", "referrer-policy", "content-encoding",
}


def bodies_that_break_lines():
    """Each break in each of a beacon's texts, with a forged line behind it."""
    for mark in BREAKS:
        text = f"a{mark}2026-01-01T00:00:00+0000 error footfall: {FORGED}{mark}Set-Cookie: {FORGED}=1"
        yield {"n": text[:120], "u": URL}
        yield pageview(f"https://{SITE}/{text}")
        yield pageview(f"https://{text}/")
        for key in ("d", "r", "t", "tz", "k"):
            yield pageview(URL) | {key: text[:64] if key in ("tz", "k") else text}
        yield pageview(URL, p={text: text})
        yield pageview(URL) | {text: 1}
        yield pageview(URL) | {"$": {"currency": text, "amount": text}}
        yield pageview(URL, w=text)


def targets_that_break_lines():
    for mark in BREAKS:
        text = quote(f"{mark}Set-Cookie: {FORGED}=1{mark}{mark}{FORGED}", safe="")
        yield f"/{text}"
        yield f"/{SITE}.txt?period={text}"
        for key in ("u", "n", "d", "r", "t", "k", "tz"):
            yield f"/pixel.gif?n=pageview&u={quote(URL, safe='')}&{key}={text}"


def headers_that_break_lines():
    """Bytes that no header may hold, in those that we read, and escapes in place of them."""
    names = ("User-Agent", "X-Forwarded-For", "Referer", "Origin", "Accept-Language", "Host",
             "Sec-GPC", "If-None-Match", "Authorization", "X-Anything")
    for name in names:
        for mark in ("\r", "\0", "\x0b", "\x1b[2K", "\x85", "%0d%0a", "\\r\\n"):
            yield name, f"a{mark}Set-Cookie: {FORGED}=1"


def no_line_or_header_can_be_forged(checks, bench):
    environment = {"FOOTFALL_LOG_LEVEL": "trace"}
    told = headers("198.51.100.1")
    with Collector(bench, *TRUSTED, environment=environment) as collector:
        requests = [
            *(("POST", "/api/event", told, body) for body in bodies_that_break_lines()),
            *(("GET", target, told, None) for target in targets_that_break_lines()),
            *(("POST", "/api/event", [*told, pair], json.dumps(pageview(URL)).encode())
              for pair in headers_that_break_lines()),
            *(("GET", f"/{SITE}.txt", [*told, pair], None) for pair in headers_that_break_lines()),
        ]
        for request in requests:
            check_answer(checks, collector.server, request)
        said = collector.server.said()
        checks.equal("log lines of another form", [], [
            line for line in said.splitlines() if not LOG_LINE.match(line)])
        checks.check("nothing of what was sent is in the log", FORGED not in said, said[-400:])
        checks.equal("all commands still work", 0, collector.footfall.run("aggregate").status)
        checks.equal("it still answers", 200, collector.server.request("GET", "/healthz").status)


def check_answer(checks, server, request):
    """A hostile request is answered as any other, and its text stands in no header."""
    try:
        answer = answered(server, request)
    except ConnectionLost:
        return  # refused without a word
    title = f"{request[0]} {request[1][:40]} {str(request[3])[:60]}"
    checks.one_of(f"{title}: status", (200, 202, 400, 401, 403, 404), answer.status)
    strange = [name for name, value in answer.headers
               if name.lower() not in HEADERS or FORGED in name + value]
    checks.equal(f"{title}: headers of another's making", [], strange)


def answered(server, request):
    """Headers go out as they stand, one byte a character."""
    method, target, pairs, body = request
    body = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"{method} {target} HTTP/1.1", "Host: stats.test",
             *(f"{name}: {value}" for name, value in pairs)]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    with server.connect() as connection:
        connection.send("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + (body or b""))
        return connection.response(method)


def of(inner):
    """A pageview with this piece of JSON in it."""
    return b'{"n":"pageview","u":"https://veikals.test/x",' + inner + b"}"


BODIES = [
    ("deep and closed", of(b'"x":' + b"[" * 30000 + b"]" * 30000)),
    ("deep and open", of(b'"x":' + b"[" * 60000)),
    ("deep objects", of(b'"x":' + b'{"a":' * 9000 + b"1" + b"}" * 9000)),
    ("deep properties", of(b'"p":' + b'{"a":' * 9000 + b"1" + b"}" * 9000)),
    ("deep properties as text", of(b'"p":"' + b'{\\"a\\":' * 8000 + b"1" + b"}" * 8000 + b'"')),
    ("deep revenue", of(b'"$":{"currency":' + b"[" * 30000 + b"]" * 30000 + b"}")),
    *((f"a number of 60,000 digits for {key.decode()}", of(b'"%s":' % key + b"9" * 60000))
      for key in (b"e", b"sd", b"w", b"k", b"h", b"x", b"v")),
    *((f"{number.decode()} for {key.decode()}", of(b'"%s":%s' % (key, number)))
      for key in (b"w", b"e", b"sd", b"x") for number in (
          b"1e999999999", b"-1e999999999", b"1e-999999999", b"-0", b"9223372036854775808",
          b"-9223372036854775809", b"0.1e1", b"1E+", b"0x10", b"01", b".5", b"NaN", b"Infinity")),
    *((f"revenue of {amount.decode()}",
       b'{"n":"pirkums","u":"https://veikals.test/x","$":{"currency":"EUR","amount":%s}}' % amount)
      for amount in (b"1e400", b'"1e400"', b'"nan"', b'"inf"', b"-1e12", b"99999999999999999999")),
    ("10,000 keys", of(b",".join(b'"k%d":%d' % (n, n) for n in range(5000)))),
    ("one key 6,000 times", of(b",".join([b'"t":"a"'] * 6000))),
    ("a key of 60 kB", of(b'"' + b"a" * 60000 + b'":1')),
    ("6,000 properties", of(b'"p":{' + b",".join(b'"%d":1' % n for n in range(5000)) + b"}")),
    ("one property 5,000 times", of(b'"p":{' + b",".join([b'"a":"b"'] * 5000) + b"}")),
    *((f"{text} in a text", of(b'"t":"' + text + b'"')) for text in (
        b"\\u0000", b"\\ud800", b"\\udc00\\ud800", b"\\ud83d\\ude00", b"\\u00", b"\\x41", b"\\",
        b"\xc0\xaf", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80", b"\xff", b"\x00", b"\x1f", b"\x7f",
        b"\xe2\x80\xae", b"\xef\xbb\xbf", b"\xf4\x90\x80\x80", b"\xc3")),
    *((f"{text} in a url", b'{"n":"pageview","u":"https://veikals.test/' + text + b'"}')
      for text in (b"\\u0000", b"%00", b"%0d%0a", b"%", b"%zz", b"\\ud800", b"\xff", b"@x:y@", b"[",
                   b"\\\\..\\\\", b"../../etc", b"\\u202e", b"%f4%90%80%80", b"?" * 1000)),
    ("a byte order mark", b"\xef\xbb\xbf" + of(b'"x":1')),
    ("UTF-16", of(b'"x":1').decode().encode("utf-16")),
    ("UTF-32", of(b'"x":1').decode().encode("utf-32")),
    ("white space", b" " * 30000 + of(b'"x":1') + b"\n" * 30000),
    ("NUL behind it", of(b'"x":1') + b"\0"), ("a comment", of(b'"x":1/**/')),
    ("a comma too much", of(b'"x":1,')), ("single quotes", b"{'n':'pageview'}"),
    ("an array of beacons", b"[" + of(b'"x":1') + b"]"),
    ("10 sites and one more", of(b'"d":"' + b"veikals.test," * 11 + b'"')),
    ("one site ten times", of(b'"d":"' + b"veikals.test," * 10 + b'"')),
    ("gzip", b"\x1f\x8b\x08\x00\x00\x00\x00\x00"),
]


def no_body_does_harm(checks, bench):
    with Collector(bench, *TRUSTED) as collector:
        for title, body in BODIES:
            with collector.server.connect() as connection:
                answer = send(connection, body, "198.51.100.1")
                again = send(connection, pageview(URL), "198.51.100.1")
            checks.one_of(f"{title}: status", (202, 400), answer.status)
            checks.check(f"{title}: the next one is kept", kept(again), str(again))
            counted = 1 + kept(answer)
            checks.equal(f"{title}: counted once", (counted, counted, {}), collector.difference())
        checks.equal("the last of two keys counts", (1, None), last_of_two(collector))
        for arguments in (["aggregate"], ["aggregate", "--verify"], ["dashboard", SITE],
                          ["export", SITE, "--rollups", "--sorted"]):
            checks.equal(f"{arguments[0]} works", 0, collector.footfall.run(*arguments).status)


def last_of_two(collector):
    body = (b'{"n":"x","u":"https://veikals.test/pirma","n":"pageview",'
            b'"u":"https://veikals.test/otra"}')
    with collector.server.connect() as connection:
        send(connection, body, "198.51.100.1")
    pages = collector.pages()
    return pages.get("/otra"), pages.get("/pirma")


# Headers by which a client may claim an address, besides the one that is believed.
CLAIMS = ["Forwarded", "X-Real-IP", "CF-Connecting-IP", "True-Client-IP", "X-Client-IP",
          "Fastly-Client-IP", "X-Cluster-Client-IP", "X-Forwarded", "Forwarded-For", "Via",
          "X_Forwarded_For", "X-Forwarded-For2", "Client-IP", "Remote-Addr"]


def claimed(name, number):
    value = f"for=203.0.113.{number};proto=https" if name == "Forwarded" else f"203.0.113.{number}"
    return name, value


def no_address_can_be_claimed(checks, bench):
    """One visitor stays one, whatever he claims before, behind or beside the proxy's own word."""
    shapes = [
        ("beside it", lambda n: [("X-Forwarded-For", "198.51.100.7"),
                                 *(claimed(name, n) for name in CLAIMS)]),
        ("before it", lambda n: [*(claimed(name, n) for name in CLAIMS),
                                 ("X-Forwarded-For", "198.51.100.7")]),
        ("in its list", lambda n: [("X-Forwarded-For", f"203.0.113.{n}, 198.51.100.7")]),
        ("in a line of its own", lambda n: [("X-Forwarded-For", f"203.0.113.{n}"),
                                            ("x-forwarded-FOR", "198.51.100.7")]),
        ("in a list that nobody can read", lambda n: [
            ("X-Forwarded-For", f"203.0.113.{n}, \"203.0.113.{n}, x, 198.51.100.7")]),
        ("in many", lambda n: [("X-Forwarded-For", f"203.0.113.{n}," * 500 + "198.51.100.7")]),
        ("as another of the proxy", lambda n: [
            ("X-Forwarded-For", f"203.0.113.{n}, 127.0.0.1, 198.51.100.7, 127.0.0.1")]),
    ]
    sites = [f"adrese-{place}.test" for place in range(len(shapes))]
    with Collector(bench, *TRUSTED, sites=sites) as collector:
        for site, (title, pairs) in zip(sites, shapes):
            for number in range(1, 6):
                answer = collector.server.request(
                    "POST", "/api/event",
                    [("User-Agent", CHROME.text), *BROWSER, *pairs(number)],
                    pageview(f"https://{site}/"))
                checks.check(f"{title}: kept", kept(answer), str(answer))
            checks.equal(f"{title}: visitors", (1, 5), collector.totals(
                "visitors", "pageviews", site=site))
        figures_of_the_installation_stay_inside(checks, collector)


def figures_of_the_installation_stay_inside(checks, collector):
    """/metrics is for this machine: nobody comes nearer by what he claims."""
    outside = [
        [("X-Forwarded-For", "198.51.100.7")],
        [("X-Forwarded-For", "127.0.0.1, 198.51.100.7")],
        [("X-Forwarded-For", "198.51.100.7, 127.0.0.1")],
        [("X-Forwarded-For", "127.0.0.1"), ("X-Forwarded-For", "198.51.100.7")],
        [("X-Forwarded-For", "198.51.100.7"), ("Forwarded", "for=127.0.0.1")],
        [("X-Forwarded-For", "198.51.100.7"), ("X-Real-IP", "127.0.0.1")],
        [("X-Forwarded-For", "::ffff:198.51.100.7")],
    ]
    for pairs in outside:
        checks.equal(f"/metrics with {pairs}", 404,
                     collector.server.request("GET", "/metrics", pairs).status)
    checks.equal("/metrics from here", 200, collector.server.request("GET", "/metrics").status)


if __name__ == "__main__":
    run_test(__file__, __doc__, [
        no_line_or_header_can_be_forged,
        no_body_does_harm,
        no_address_can_be_claimed,
    ])
