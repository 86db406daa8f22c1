#!/usr/bin/env python3
"""Nothing that a visitor's browser sends about him is kept: not on disk, in a log or in a crash.

    canary.py BINARY

Sends addresses, user agents, queries and mail addresses that can be recognised, uses everything
that reads and writes, crashes the process, and searches every byte that was left anywhere.
"""

import os
import resource
import shutil
import signal
import subprocess
from urllib.parse import quote
from zoneinfo import ZoneInfo

from support.agents import CHROME
from support.beacons import TRUSTED, headers, pageview, send
from support.footfall import Footfall, Server, calm_zone, poll
from support.logfiles import day_before, line, request, write
from support.options import run_test
from support.search import address_forms, files_below, forms, found_in_bytes, found_in_folder
from support.shop import TIMEZONE

SITE = "veikals.test"
IPV4 = "203.0.113.177"
IPV6 = "2001:db8:7a31:88c4:1f2e:3d4c:5b6a:7988"
AGENT_TOKEN = "Kanarzvoxel"
AGENT = f"{CHROME.text} {AGENT_TOKEN}/7.31"
ROBOT = f"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html) {AGENT_TOKEN}"
QUERY = "kanarijaquery"
REFERRER_QUERY = "kanarijameklejums"
FRAGMENT = "kanarijafragments"
MAIL = "anna.kanarija@pasts.example"
CLICK = "kanarijaklikskis"
MALFORMED = "kanarijasabojata"
ZONE_NAME = "Kerguelen"
PROPERTY_NUMBER = "371294857361"

CANARIES = {
    "IPv4": address_forms(IPV4), "IPv6": address_forms(IPV6),
    "user agent": forms(AGENT_TOKEN), "whole user agent": forms(CHROME.text),
    "query value": forms(QUERY), "referrer's query": forms(REFERRER_QUERY),
    "fragment": forms(FRAGMENT), "mail address": forms(MAIL) | forms("anna.kanarija"),
    "click id": forms(CLICK), "malformed beacon": forms(MALFORMED),
    "time zone": forms(f"Indian/{ZONE_NAME}"), "long number": forms(PROPERTY_NUMBER),
}


def beacons():
    """Bodies that carry the canaries wherever a browser may put them."""
    address = f"https://{SITE}/lapa?q={QUERY}&email={quote(MAIL)}&gclid={CLICK}#{FRAGMENT}"
    yield pageview(address, r=f"https://www.google.com/search?q={REFERRER_QUERY}")
    yield pageview(f"https://{SITE}/konts/{MAIL}/labot")
    yield pageview(f"https://{SITE}/konts/{quote(MAIL)}/labot", tz=f"Indian/{ZONE_NAME}", w=1280)
    yield {"n": "pasutijums", "u": address,
           "p": {"pasts": MAIL, "talrunis": PROPERTY_NUMBER, "krasa": "zila"}}
    yield {"n": "engagement", "u": address, "e": 12000, "sd": 60}
    yield pageview(f"https://svess.test/?q={QUERY}")
    yield pageview(f"/{MALFORMED}?{QUERY}")
    yield {"n": "pageview", "u": {"x": MALFORMED}}
    yield b'{"n":"pageview","u":"https://' + MALFORMED.encode()
    yield {"n": MALFORMED * 1000, "u": address}


def speak(server):
    """Sends every beacon from every visitor, in every way that is answered differently."""
    others = [(IPV4, AGENT), (IPV6, AGENT), (f"{IPV4}, 10.1.2.3", AGENT), (IPV4, ROBOT)]
    more = [(), (("Sec-GPC", "1"),), (("Sec-Purpose", "prefetch"),),
            (("Forwarded", f"for={IPV4}"), ("X-Real-IP", IPV4), ("Cookie", f"id={QUERY}"))]
    for address, agent in others:
        for extra in more:
            for body in beacons():
                with server.connect() as connection:
                    send(connection, body, address, agent, *extra)
    told = headers(IPV4, AGENT)
    pixel = f"/pixel.gif?n=pageview&d={SITE}&u=" + quote(f"https://{SITE}/?q={QUERY}", safe="")
    for path in (pixel, "/footfall.js", f"/nav-te?q={QUERY}", f"/{SITE}.txt?q={QUERY}", "/metrics"):
        server.request("GET", path, told)
    broken = [("POST", "/api/event", [*told, ("Content-Length", "nav")]),
              ("GET", f"/{MALFORMED}\x01?{QUERY}", told)]
    for request in broken:
        try:
            server.request(*request)
        except OSError:
            pass  # no HTTP: the server may just close


def everything_a_person_can_run(footfall):
    """What the commands say of the data, all together."""
    said = ""
    for arguments in (
            ["dashboard", SITE], ["dashboard", SITE, "--format", "json"],
            ["query", SITE, "--metrics", "visitors,pageviews", "--dimension", "page"],
            ["query", SITE, "--metrics", "visitors,sessions", "--dimension", "source"],
            ["query", SITE, "--metrics", "visitors", "--dimension", "country"],
            ["books", SITE], ["aggregate"], ["aggregate", "--verify"],
            ["export", SITE, "--rollups", "--sorted"], ["doctor"], ["site", "list"]):
        said += footfall.run(*arguments).said
    return said


def nothing_is_kept_of_what_was_sent(checks, bench):
    footfall = Footfall(bench.binary, bench.folder(), {"FOOTFALL_LOG_LEVEL": "trace"})
    footfall.add_site(SITE, calm_zone())
    with footfall.serve(*TRUSTED) as server:
        speak(server)
        kept = footfall.books(SITE)["kept"]
        checks.check("the beacons were counted", kept > 5, f"kept {kept}")
        token = footfall.create_token(SITE)
        authorised = [("Authorization", f"Bearer {token}"), *headers(IPV4, AGENT)]
        shown = server.request("GET", f"/{SITE}.txt", authorised).body
        metrics = server.request("GET", "/metrics").body
        checks.equal("in files while it runs", [], found_in_folder(footfall.data, CANARIES))
        commands = everything_a_person_can_run(footfall).encode()
        server.stop()
        said = server.said().encode()
    for title, text in (("output of serve", said), ("output of commands", commands),
                        ("dashboard by HTTP", shown), ("metrics", metrics)):
        checks.equal(f"in {title}", [], found_in_bytes(text, CANARIES))
    checks.equal("in files after it ended", [], found_in_folder(footfall.data, CANARIES))
    checks.equal("the token itself in files", [], found_in_folder(
        footfall.data, {"token": forms(token)}))


def nothing_is_kept_of_an_imported_log(checks, bench):
    footfall = Footfall(bench.binary, bench.folder(), {"FOOTFALL_LOG_LEVEL": "trace"})
    footfall.add_site(SITE, TIMEZONE)
    day = day_before(2)
    target = f"/konts/{quote(MAIL)}/?q={QUERY}&gclid={CLICK}"
    searched = f"https://www.google.com/search?q={REFERRER_QUERY}"
    lines = [
        line(request(day, f"10:00:{second:02}", target, address=address, agent=agent,
                     referrer=searched), ZoneInfo(TIMEZONE))
        for second, (address, agent) in enumerate(
            ((IPV4, AGENT), (IPV6, AGENT), (IPV4, ROBOT)))]
    lines.append(f'{IPV4} - - [99/Foo "GET /{MALFORMED}?{QUERY}" "{AGENT}"'.encode())
    outcome = footfall.run("import", "log", SITE, write(bench.folder(), "access.log", lines))
    checks.equal("exit code", 0, outcome.status)
    checks.equal("in its output", [], found_in_bytes(outcome.said.encode(), CANARIES))
    checks.equal("in files before aggregation", [], found_in_folder(footfall.data, CANARIES))
    commands = everything_a_person_can_run(footfall).encode()
    checks.equal("in the output of commands", [], found_in_bytes(commands, CANARIES))
    checks.equal("in files after it", [], found_in_folder(footfall.data, CANARIES))


def allow_core_files():
    """As generous as the machine lets it be, so that only the process itself refuses."""
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY,) * 2)
    except (ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))


def a_crash_tells_nothing(checks, bench):
    """Each of the signals that end a process with a core file, while beacons are in its memory."""
    for number in (signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGTRAP,
                   signal.SIGQUIT, signal.SIGFPE):
        footfall = Footfall(bench.binary, bench.folder(), {"FOOTFALL_LOG_LEVEL": "trace"})
        footfall.environment.pop("SWIFT_BACKTRACE", None)
        footfall.add_site(SITE)
        place = bench.folder()
        server = footfall.serve(*TRUSTED, cwd=place, preexec_fn=allow_core_files)
        speak(server)
        # Half a beacon stays in a buffer.
        with server.connect() as connection:
            connection.send(f"POST /api/event HTTP/1.1\r\nUser-Agent: {AGENT}\r\n"
                            f"X-Forwarded-For: {IPV4}\r\nContent-Length: 900\r\n\r\n"
                            f'{{"u":"https://{SITE}/?q={QUERY}'.encode())
            poll(lambda: False, 0.1)
            ended = server.kill(number)
        checks.check(f"{number.name}: it has ended", ended is not None)
        checks.equal(f"{number.name}: in its output", [],
                     found_in_bytes(server.said().encode(), CANARIES))
        checks.equal(f"{number.name}: files left beside it", [], files_below(place))
        checks.equal(f"{number.name}: in its files", [], found_in_folder(footfall.data, CANARIES))


def it_refuses_to_dump_core(checks, bench):
    footfall = Footfall(bench.binary, bench.folder())
    footfall.add_site(SITE)
    with footfall.serve(preexec_fn=allow_core_files) as server:
        with open(f"/proc/{server.process.pid}/limits", encoding="ascii") as file:
            limits = next(text for text in file if text.startswith("Max core file size"))
        checks.equal("core file size, soft and hard", ["0", "0"], limits.split()[4:6])


def it_cannot_be_read_by_its_own_user(checks, bench):
    """A process that is not dumpable belongs to root in /proc, whoever runs it."""
    if os.geteuid() != 0:
        footfall = Footfall(bench.binary, bench.folder())
        footfall.add_site(SITE)
        with footfall.serve() as server:
            owner = os.stat(f"/proc/{server.process.pid}/environ").st_uid
        checks.equal("owner of its memory in /proc", 0, owner)
        return
    nobody = 65534
    data = bench.folder()
    os.chmod(data, 0o755)
    os.chown(data, nobody, nobody)
    footfall = Footfall(bench.binary, data)
    identity = {"user": nobody, "group": nobody, "extra_groups": []}
    footfall.binary = shutil.copy(bench.binary, data)  # where it lies nobody else may reach it
    process = footfall.start("site", "add", SITE, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL, **identity)
    checks.equal("a site is added by another user", 0, process.wait(60))
    with Server(footfall, **identity) as server:
        owner = os.stat(f"/proc/{server.process.pid}/environ").st_uid
        with open(f"/proc/{server.process.pid}/status", encoding="ascii") as file:
            user = next(text for text in file if text.startswith("Uid:")).split()[1]
    checks.equal("it runs as another user", str(nobody), user)
    checks.equal("owner of its memory in /proc", 0, owner)


def the_search_finds_what_is_there(checks, bench):
    """The canaries must be found where they are planted, or finding none says nothing."""
    folder = bench.folder()
    texts = {"IPv4": IPV4, "mail address": quote(MAIL), "user agent": AGENT, "query value": QUERY}
    for title, text in texts.items():
        with open(os.path.join(folder, "planted"), "wb") as file:
            file.write(b"\0\1" + text.encode() + b"\xff")
        checks.check(f"{title} is found", title in [
            found for _, found in found_in_folder(folder, CANARIES)])


if __name__ == "__main__":
    run_test(__file__, __doc__, [
        the_search_finds_what_is_there,
        nothing_is_kept_of_what_was_sent,
        nothing_is_kept_of_an_imported_log,
        a_crash_tells_nothing,
        it_refuses_to_dump_core,
        it_cannot_be_read_by_its_own_user,
    ])
