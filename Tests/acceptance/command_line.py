#!/usr/bin/env python3
"""The command line: help, exit codes, periods, settings, versions, locks.

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
from support import shop
from support.agents import BROWSERS, CHROME, ROBOTS
from support.footfall import Footfall, Server, free_port, poll, today_in, value_rows
from support.logfiles import day_before, log_file, request
from support.options import run_test
from support.wire import Connection

SITE, ZONE = shop.SITE, shop.TIMEZONE
COMMANDS = [
    ["serve"], ["aggregate"], ["dashboard"], ["query"], ["sessions"], ["books"],
    ["site", "add"], ["site", "edit"], ["site", "list"], ["site", "remove"],
    ["import", "log"], ["import", "list"], ["import", "undo"], ["export"], ["explain"],
    ["token", "create"], ["doctor"],
]


def prepared(bench, *requests):
    """A data folder with one site, and a pageview of yesterday besides what is given."""
    footfall = Footfall(bench.binary, bench.folder())
    footfall.add_site(SITE, ZONE)
    lines = [*requests, request(day_before(1), "10:00:00", "/vakar")]
    footfall.must("import", "log", SITE, log_file(bench, lines))
    footfall.must("aggregate")
    return footfall


def refused(checks, title, outcome, statuses=(64,), *words):
    """A refusal: its exit code, nothing on standard output, and what it says on standard error."""
    checks.one_of(f"{title}: exit code", statuses, outcome.status)
    checks.equal(f"{title}: standard output", "", outcome.stdout)
    checks.contains(f"{title}: says why", outcome.stderr, *(words or (" ",)))


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


def settings_of_a_site(checks, bench):
    footfall = Footfall(bench.binary, bench.folder())
    for title, arguments in (
            ("no domain", ["nav domēns"]),
            ("a zone that is none", ["a.test", "--timezone", "Marss/Olimps"]),
            ("a rotation that is none", ["a.test", "--salt-rotation", "2d"]),
            ("a timeout that is none", ["a.test", "--session-timeout", "ilgi"]),
            ("a timeout of nothing", ["a.test", "--session-timeout", "0m"]),
            ("a month's salt with 30 days of raw events", ["a.test", "--salt-rotation", "1mo"])):
        refused(checks, title, footfall.run("site", "add", *arguments), (1, 64))
    footfall.must("site", "add", SITE, "--timezone", "America/New_York", "--salt-rotation", "1w",
                  "--session-timeout", "20m")
    refused(checks, "the same again", footfall.run("site", "add", SITE), (1, 64), SITE)
    listed = json.dumps(footfall.json("site", "list"))
    checks.contains("the list tells it", listed, SITE, "America/New_York", "1w")
    footfall.must("site", "edit", SITE, "--timezone", "UTC")
    footfall.must("site", "remove", SITE, "--yes")
    checks.check("removed", SITE not in footfall.must("site", "list", "--format", "json"))
    footfall.must("site", "add", "laiks.test", "--timezone", ZONE, "--session-timeout", "10m")
    day = day_before(2)
    footfall.must("import", "log", "laiks.test", log_file(bench, [
        request(day, clock) for clock in ("10:00:00", "10:10:00", "10:20:01")]))
    checks.equal("a timeout of 10 minutes", [2, 1], [
        one["pageviews"] for one in footfall.sessions("laiks.test", day)])


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
    checks.check("facts as JSON", isinstance(footfall.json("aggregate"), dict))
    checks.equal("--verify", 0, footfall.run("aggregate", "--verify").status)
    checks.equal("--rebuild", 0, footfall.run("aggregate", "--rebuild", day_before(1)).status)


def all_faults_of_a_configuration_at_once(checks, bench):
    footfall = prepared(bench)
    with open(os.path.join(footfall.data, "footfall.yaml"), "w", encoding="utf-8") as file:
        file.write("port: abc\nprot: 8081\n")
    outcome = footfall.run("serve", environment={"FOOTFALL_TRUSTED_PROXY": "nekads"}, timeout=60)
    refused(checks, "several faults", outcome, (1, 64), "port", "abc", "prot", "nekads")
    with open(os.path.join(footfall.data, "footfall.yaml"), "w", encoding="utf-8") as file:
        file.write("port: [1\n  :")
    outcome = footfall.run("serve", timeout=60)
    refused(checks, "a file that is no YAML", outcome, (1, 64), "footfall.yaml")


def flags_over_environment_over_file(checks, bench):
    footfall = prepared(bench)
    in_file, in_environment, in_flag = (free_port() for _ in range(3))
    with open(os.path.join(footfall.data, "footfall.yaml"), "w", encoding="utf-8") as file:
        file.write(f"port: {in_file}\n")
    environment = {"FOOTFALL_PORT": str(in_environment)}
    with Server(footfall, port=in_flag, environment=environment) as server:
        checks.equal("the flag", 200, server.request("GET", "/healthz").status)
    for title, port, given in (("the environment", in_environment, environment),
                               ("the file", in_file, {})):
        process = footfall.start("serve", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                 env=footfall.environment | given)
        try:
            checks.check(title, answers(port))
        finally:
            process.terminate()
            process.wait(30)


def answers(port):
    """Whether a server comes up on this port within half a minute."""
    def healthy():
        try:
            with Connection("127.0.0.1", port) as connection:
                return connection.request("GET", "/healthz").status == 200
        except OSError:
            return False

    return poll(healthy, 30)


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
        *({"ip": "2001:db8::1", "user_agent": agent.text, "url": "https://veikals.test/"}
          for agent in BROWSERS),
    ]
    outcome = footfall.run_plain("explain", folder=folder, stdin="".join(
        json.dumps(one) + "\n" for one in asked).encode())
    checks.equal("exit code", 0, outcome.status)
    told = [json.loads(line) for line in outcome.stdout.splitlines()]
    checks.equal("a line out for each line in", len(asked), len(told))
    checks.equal("nothing is written", [], os.listdir(folder))
    first, robot = told[:2]
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
    for agent, one in zip(BROWSERS, told[2:]):
        checks.equal(agent.text, (True, agent.browser, agent.os, agent.device), (
            one["kept"], one["browser"], one["os"], one["device"]))


def doctor(checks, bench):
    footfall = prepared(bench)
    outcome = footfall.run("doctor")
    checks.one_of("exit code", (0, 1), outcome.status)
    checks.contains("what it looks at", outcome.said, "clock", "disk", "salt", "aggregat")
    outcome = footfall.run("doctor", "--format", "json")
    checks.check("facts as JSON", json.loads(outcome.stdout))
    empty = Footfall(bench.binary, os.path.join(bench.folder(), "nav-te"))
    checks.check("a folder that is not there", empty.run("doctor").status != 0)


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
        settings_of_a_site,
        one_aggregation_at_a_time,
        aggregation_for_cron,
        all_faults_of_a_configuration_at_once,
        flags_over_environment_over_file,
        newer_files_are_refused,
        two_servers_on_one_folder,
        explain,
        doctor,
        times_are_told_in_the_sites_zone,
    ])
