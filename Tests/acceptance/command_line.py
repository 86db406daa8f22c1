#!/usr/bin/env python3
"""The command line: help, exit codes, periods, versions, locks, `explain`.

    command_line.py BINARY
"""

import json
import os
import signal
import sqlite3
import subprocess
import time
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from generate_log import recent_plan
from support.agents import BROWSERS, CHROME, ROBOTS
from support.commands import SITE, ZONE, prepared, refused
from support.footfall import Footfall, free_port, today_in, value_rows
from support.logfiles import day_before
from support.options import run_test

COMMANDS = [
    ["serve"], ["aggregate"], ["dashboard"], ["query"], ["sessions"], ["books"],
    ["bots", "list"], ["bots", "allow"], ["bots", "disallow"], ["exclude", "add"], ["exclude", "list"], ["exclude", "remove"],
    ["goal", "add"], ["goal", "list"], ["goal", "remove"],
    ["funnel", "add"], ["funnel", "list"], ["funnel", "remove"],
    ["channel", "add"], ["channel", "list"], ["channel", "remove"],
    ["site", "add"], ["site", "edit"], ["site", "list"], ["site", "remove"],
    ["import", "log"], ["import", "list"], ["import", "undo"], ["export"], ["explain"],
    ["token", "create"], ["doctor"],
]


def help_has_an_example(checks, bench):
    footfall = Footfall(bench.binary, bench.folder())
    for command in COMMANDS:
        name = " ".join(command)
        outcome = footfall.run_plain(*command, "--help")
        checks.equal(f"{name} --help: exit code", 0, outcome.status)
        at = outcome.stdout.lower().find("example")
        checks.check(f"{name} --help has an example", at >= 0 and f"footfall {name}" in
                     outcome.stdout[at:], outcome.stdout[:400])
        checks.contains(f"{name} --help names --data", outcome.stdout, *(
            ["--data"] if command != ["explain"] else []))
    whole = footfall.run_plain("--help").stdout
    checks.contains("--help lists the commands", whole, *(command[0] for command in COMMANDS))
    checks.equal("--version: exit code", 0, footfall.run_plain("--version").status)


def usage_faults_are_64(checks, bench):
    footfall = prepared(bench)
    for arguments in (
            ["nav-te"], ["query"], ["query", SITE, "--nav-te"], ["query", SITE, "--format", "xml"],
            ["query", SITE, "--metrics", "nav-te"],
            ["query", SITE, "--metrics", "visitors", "--dimension", "nav-te"],
            ["query", SITE, "--metrics", "visitors", "--filter", "source"],
            ["query", SITE, "--metrics", "visitors", "--filter", "nav-te=1"],
            ["query", SITE, "--metrics", "visitors", "--limit", "daudz"],
            ["sessions"], ["sessions", SITE, "--day", "vakar"],
            ["sessions", SITE, "--day", "2026-02-30"],
            ["aggregate", "--rebuild", "vakar"], ["serve", "--port", "ostas"],
            ["site", "add"], ["import", "undo"], ["token", "create"]):
        refused(checks, " ".join(arguments), footfall.run(*arguments))
    for arguments in (["serve", "--port", "70000"], ["serve", "--trusted-proxy", "nekas"]):
        outcome = footfall.run(*arguments, timeout=60)
        refused(checks, " ".join(arguments), outcome, (1, 64), arguments[-1])


def unknown_sites_are_told(checks, bench):
    footfall = prepared(bench)
    for arguments in (
            ["query", "nav-te.test", "--metrics", "visitors"], ["dashboard", "nav-te.test"],
            ["books", "nav-te.test"], ["sessions", "nav-te.test", "--day", day_before(1)],
            ["export", "nav-te.test", "--rollups", "--sorted"], ["token", "create", "nav-te.test"],
            ["aggregate", "--site", "nav-te.test"], ["site", "remove", "nav-te.test"],
            ["site", "edit", "nav-te.test", "--timezone", "UTC"]):
        refused(checks, " ".join(arguments), footfall.run(*arguments), (1, 64), "nav-te.test")


def periods(checks, bench):
    footfall = prepared(bench)
    for text in ("30", "0d", "-3d", "d", "2026-13", "2026-00", "nekad", "2026-02-30..2026-03-01",
                 f"{day_before(1)}..{day_before(5)}", "..", "2026-11-01..", "1e3d", ""):
        refused(checks, f"period {text!r}", footfall.run(
            "query", SITE, "--metrics", "pageviews", "--period", text))
    today = today_in(ZONE)
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    year = (today.year - 1, today.month + 1) if today.month < 12 else (today.year, 1)
    ends = (today, (month + timedelta(days=31)).replace(day=1) - timedelta(days=1))
    for text, first, last in (
            ("today", today, (today,)), ("yesterday", today - timedelta(days=1),
                                         (today - timedelta(days=1),)),
            ("1d", today, (today,)), ("7d", today - timedelta(days=6), (today,)),
            ("30d", today - timedelta(days=29), (today,)),
            ("12mo", date(*year, 1), ends), (f"{month:%Y-%m}", month, ends),
            (f"{before:%Y-%m}", before.replace(day=1), (before,)),
            (f"{day_before(9)}..{day_before(3)}", today - timedelta(days=9),
             (today - timedelta(days=3),))):
        answer = footfall.json("query", SITE, "--metrics", "pageviews", "--period", text)
        checks.equal(f"{text}: from", first.isoformat(), answer["from"])
        checks.one_of(f"{text}: to", [day.isoformat() for day in last], answer["to"])



def one_aggregation_at_a_time(checks, bench):
    """Stops one in its middle by SIGSTOP; the second must not wait, and must say so."""
    plan = recent_plan(bench.seed, 60_000, 10)
    files = plan.write_rotated(bench.folder())
    for delay in (0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0):
        footfall = Footfall(bench.binary, bench.folder())
        footfall.add_site(SITE, ZONE)
        footfall.must("import", "log", SITE, *files)
        first = footfall.start("aggregate", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(delay)
        first.send_signal(signal.SIGSTOP)
        caught = first.poll() is None
        second = footfall.run("aggregate", timeout=60)
        first.send_signal(signal.SIGCONT)
        first.communicate(timeout=300)
        if caught and second.status == 75:
            refused(checks, "the second", second, (75,))
            checks.equal("the first goes on", 0, first.returncode)
            checks.equal("a third has its turn", 0, footfall.run("aggregate").status)
            return
    checks.check("a second aggregation ends with 75", False, f"{second.status}: {second.said}")


def aggregation_for_cron(checks, bench):
    footfall = prepared(bench)
    outcome = footfall.run("aggregate", "--quiet")
    checks.equal("quiet when all is well", (0, "", ""),
                 (outcome.status, outcome.stdout, outcome.stderr))
    outcome = footfall.run("aggregate")
    checks.contains("tells what is oldest", outcome.stdout, "raw", "rollup", "salt")
    checks.contains("and from when", outcome.stdout, day_before(1))
    facts = footfall.json("aggregate")
    checks.equal("facts as JSON: what there is none of is null", (True, None), (
        "oldest_salt" in facts, facts.get("oldest_salt")))
    checks.equal("--verify", 0, footfall.run("aggregate", "--verify").status)
    checks.equal("--rebuild", 0, footfall.run("aggregate", "--rebuild", day_before(1)).status)
    outcome = footfall.run("aggregate", "--rebuild", day_before(9))
    checks.contains("a day that has nothing is told", outcome.stderr, "nothing", day_before(9))
    checks.check("one that has something is not", "nothing" not in footfall.run(
        "aggregate", "--rebuild", day_before(1)).stderr)





def newer_files_are_refused(checks, bench):
    """By what has to read them: sites and rollups, and the raw events of a day."""
    by_file = {"footfall.sqlite": ["query", SITE, "--metrics", "pageviews"],
               "events": ["sessions", SITE, "--day", day_before(1)]}
    for where, arguments in by_file.items():
        footfall = prepared(bench)
        path = os.path.join(footfall.data, where)
        if where == "events":
            path = os.path.join(path, sorted(
                name for name in os.listdir(path) if name.endswith(".sqlite"))[0])
        before = set_version(path, 9999)
        checks.check(f"{where} carries a version", before > 0, str(before))
        refused(checks, f"{where} of a newer footfall", footfall.run(*arguments), (1, 64), "newer")
        set_version(path, before)
        answer = footfall.query(SITE, ["pageviews"], "2d")
        checks.equal(f"{where}: unharmed", 1, answer["totals"]["pageviews"])


def set_version(path, version):
    """Writes a file's user_version; gives the one that it had."""
    connection = sqlite3.connect(path)
    before = connection.execute("PRAGMA user_version").fetchone()[0]
    connection.execute(f"PRAGMA user_version = {version}")
    connection.commit()
    connection.close()
    return before


def two_servers_on_one_folder(checks, bench):
    footfall = prepared(bench)
    with footfall.serve() as server:
        outcome = footfall.run("serve", "--port", str(free_port()), timeout=60)
        refused(checks, "the second", outcome, (1, 64, 75))
        checks.equal("the first goes on", 200, server.request("GET", "/healthz").status)


def explain(checks, bench):
    """Needs no data folder and leaves none behind."""
    footfall, folder = Footfall(bench.binary, bench.folder()), bench.folder()
    asked = [
        {"ip": "198.51.100.7", "user_agent": CHROME.text, "referrer": "https://www.google.com/",
         "url": "https://veikals.test/kr%C5%ABze?a=b&utm_campaign=rudens",
         "time": "2026-11-22T10:00:00Z", "headers": {"Accept-Language": "lv"}},
        {"ip": "198.51.100.7", "user_agent": ROBOTS[0], "url": "https://veikals.test/a"},
        {"user_agent": CHROME.text, "url": "https://veikals.test/", "webdriver": True},
        *({"ip": "2001:db8::1", "user_agent": agent.text, "url": "https://veikals.test/"}
          for agent in BROWSERS),
    ]
    outcome = footfall.run_plain("explain", folder=folder, stdin="".join(
        json.dumps(one) + "\n" for one in asked).encode())
    checks.equal("exit code", 0, outcome.status)
    told = [json.loads(line) for line in outcome.stdout.splitlines()]
    checks.equal("a line out for each line in", len(asked), len(told))
    checks.equal("nothing is written", [], os.listdir(folder))
    first, robot, driven = told[:3]
    wanted = {"kept": True, "page": "/krūze", "source": "Google", "channel": "Organic Search",
              "browser": "Chrome", "os": "Windows", "device": "desktop"}
    checks.equal("the first", wanted, {key: first.get(key) for key in wanted})
    checks.equal("its campaign", "rudens", (first.get("utm") or {}).get("campaign")
                 or (first.get("utm") or {}).get("utm_campaign"))
    checks.equal("all keys", set(), {
        "browser_version", "os_version", "country", "utm"} - set(first))
    checks.equal("a bot", (False, "bot"), (robot["kept"], robot["reason"]))
    checks.check("its rule", robot.get("rule"), str(robot))
    checks.equal("with the rest", "/a", robot.get("page"))
    checks.equal("a driven browser", (False, "webdriver"), (driven["kept"], driven.get("rule")))
    by_hand = footfall.run("explain", "--url", "https://veikals.test/", "--user-agent",
                           CHROME.text, "--webdriver").stdout
    checks.contains("the same by hand", by_hand, "set aside", "webdriver")
    long = "/" + "gara-lapa/" * 12 + "beigas"
    by_hand = footfall.run("explain", "--url", "https://veikals.test" + long, "--user-agent", CHROME.text)
    checks.contains("a long path is told whole", by_hand.stdout, f"page      {long}\n", " cleaned\n")
    for agent, one in zip(BROWSERS, told[3:]):
        checks.equal(agent.text, (True, agent.browser, agent.os, agent.device), (
            one["kept"], one["browser"], one["os"], one["device"]))


def explain_answers_every_line(checks, bench):
    """A line out for each line in, so that answers can be laid beside what was asked."""
    url = "https://veikals.test/"
    lines = [
        ("", "blank"), ("   ", "blank"), ("nekas", "JSON"), ("[]", "JSON"), ("{}", "url"),
        ('{"url":"/lapa"}', "url"), ('{"url":7}', "url"),
        (json.dumps({"url": url, "time": "rīt"}), "time"),
        (json.dumps({"url": url, "time": 1764000000}), "time"),
        (json.dumps({"url": url, "ip": "nekas"}), "ip"),
        (json.dumps({"url": url, "headers": {"DNT": 1}}), "headers"),
    ]
    good = {"url": url, "user_agent": CHROME.text, "tz": "Europe/Riga"}
    text = "".join(f"{line}\n" for line, _ in lines) + json.dumps(good)
    outcome = Footfall(bench.binary, bench.folder()).run_plain("explain", stdin=text.encode())
    told = [json.loads(line) for line in outcome.stdout.splitlines()]
    if not checks.equal("a line out for each line in", len(lines) + 1, len(told)):
        return
    for (line, word), answer in zip(lines, told):
        checks.equal(f"{line!r} is not kept", False, answer["kept"])
        checks.contains(f"{line!r}: what is wrong", answer.get("error", ""), word)
    checks.equal("a browser's time zone", (True, "LV"), (told[-1]["kept"], told[-1]["country"]))


def doctor(checks, bench):
    footfall = prepared(bench)
    outcome = footfall.run("doctor")
    checks.one_of("exit code", (0, 1), outcome.status)
    checks.contains("what it looks at", outcome.said, "clock", "disk", "salt", "aggregat")
    outcome = footfall.run("doctor", "--format", "json")
    checks.check("facts as JSON", json.loads(outcome.stdout))
    empty = Footfall(bench.binary, os.path.join(bench.folder(), "nav-te"))
    checks.check("a folder that is not there", empty.run("doctor").status != 0)


def messages_are_sentences(checks, bench):
    """A cause that the system ends with a full stop gets no second one."""
    nowhere = "/proc/nav-te"  # where no folder can be made
    outcome = Footfall(bench.binary, nowhere).run("site", "list")
    refused(checks, "a folder that can't be", outcome, (1,), nowhere)
    checks.check("one full stop", ".." not in outcome.stderr, outcome.stderr)


def times_are_told_in_the_sites_zone(checks, bench):
    footfall = prepared(bench)
    answer = footfall.query(SITE, ["pageviews"], "yesterday", "page")
    keys = ["site", "timezone", "from", "to", "as_of", "metrics", "dimension", "rows", "totals",
            "at_least"]
    checks.equal("what a query tells", set(keys), set(answer))
    checks.equal("its head", (SITE, ZONE, ["pageviews"], "page", False), tuple(
        answer[key] for key in ("site", "timezone", "metrics", "dimension", "at_least")))
    as_of = datetime.fromisoformat(answer["as_of"].replace("Z", "+00:00"))
    checks.check("as of now", abs(datetime.now(ZoneInfo("UTC")) - as_of) < timedelta(minutes=10),
                 answer["as_of"])
    checks.equal("its rows", {"/vakar": 1}, value_rows(answer, "pageviews"))
    books = footfall.books(SITE, "yesterday")
    checks.equal("what books tell", (1, 1, {}), (
        books["received"], books["kept"], {k: n for k, n in books["dropped"].items() if n}))


if __name__ == "__main__":
    run_test(__file__, __doc__, [
        help_has_an_example,
        usage_faults_are_64,
        unknown_sites_are_told,
        periods,
        one_aggregation_at_a_time,
        aggregation_for_cron,
        newer_files_are_refused,
        two_servers_on_one_folder,
        explain,
        explain_answers_every_line,
        doctor,
        messages_are_sentences,
        times_are_told_in_the_sites_zone,
    ])
