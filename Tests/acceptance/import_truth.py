#!/usr/bin/env python3
"""200,000 log lines over 25 days, imported, aggregated, and compared with what is true of them.

    import_truth.py BINARY [--long] [--seed 1] [--lines 200000]

Then the same lines under other schedules: by parts, by days, twice, killed half-way, in another
order of files. Each must give the same canonical export, byte for byte.
"""

import random
import signal
import subprocess
import time
from collections import Counter

from generate_log import recent_plan
from support import shop
from support.footfall import Footfall, value_rows
from support.options import run_test
from support.report import compare_tables
from support.truth import SESSION_DIMENSIONS

METRICS = ("visitors", "sessions", "pageviews", "bounces", "session_seconds")
PAGE_METRICS = ("visitors", "sessions", "pageviews")
DAYS = 25
SMALL_LINES = 20_000
SESSION_KEYS = {
    "start", "end", "duration_seconds", "entry_page", "exit_page", "pageviews", "events",
    "engaged_seconds", "bounce", "source", "channel", "country", "browser", "os", "device",
    "visit_number", "days_since_last_visit",
}
COMPARED_KEYS = ("start", "end", "duration_seconds", "pageviews", "events", "bounce",
                 *SESSION_DIMENSIONS)


def fresh(bench):
    footfall = Footfall(bench.binary, bench.folder())
    footfall.add_site(shop.SITE, shop.TIMEZONE)
    return footfall


def everything_agrees_with_the_truth(checks, bench):
    plan = recent_plan(bench.seed, bench.options.lines, DAYS)
    footfall = fresh(bench)
    began = time.monotonic()
    footfall.must("import", "log", shop.SITE, *plan.write_rotated(bench.folder()))
    imported = time.monotonic()
    outcome = footfall.run("aggregate")
    print(f"import {imported - began:.1f} s, aggregate {time.monotonic() - imported:.1f} s")
    checks.equal("aggregate succeeds", 0, outcome.status)
    truth = plan.truth()
    compare_days(checks, footfall, plan.days, truth)
    compare_sessions(checks, footfall, plan.days, truth)
    compare_range(checks, footfall, plan, truth)
    outcome = footfall.run("aggregate", "--verify")
    checks.check("--verify finds nothing", outcome.status == 0, outcome.said[-500:])


def compare_days(checks, footfall, days, truth):
    """Every total, page and session dimension of every day."""
    totals, pages = truth.totals(), truth.pages()
    dimensions = {name: truth.by_session(name) for name in SESSION_DIMENSIONS}
    for day in days:
        period = f"{day}..{day}"
        answer = footfall.query(shop.SITE, METRICS, period)
        compare_tables(checks, f"totals of {day}", totals[day], only(answer["totals"], METRICS))
        checks.equal(f"at_least of {day}", False, answer["at_least"])
        answer = footfall.query(shop.SITE, PAGE_METRICS, period, "page")
        compare_rows(checks, f"pages of {day}", pages[day], answer, PAGE_METRICS)
        for name, tallies in dimensions.items():
            answer = footfall.query(shop.SITE, METRICS, period, name)
            compare_rows(checks, f"{name} of {day}", tallies[day], answer, METRICS)


def compare_rows(checks, title, expected, answer, metrics):
    wanted = {value: tuple(row[m] for m in metrics) for value, row in expected.items()}
    compare_tables(checks, title, wanted, value_rows(answer, *metrics))
    order = [row[metrics[0]] for row in answer["rows"]]
    falling = sorted(order, reverse=True)
    checks.check(f"{title}: rows in falling order", order == falling, str(order))


def only(row, metrics):
    return {metric: row.get(metric) for metric in metrics}


def compare_sessions(checks, footfall, days, truth):
    """Each session of each day, with its start, end and all that is told of it."""
    expected = truth.session_lines()
    for day in days:
        got = footfall.sessions(shop.SITE, day)
        starts = [session["start"] for session in got]
        checks.check(f"sessions of {day} stand by start", starts == sorted(starts))
        compare_tables(
            checks, f"sessions of {day}", counted(expected[day]), counted(got))
    checks.equal("what a session line tells", SESSION_KEYS, set(got[0]))
    for key in ("visit_number", "days_since_last_visit"):
        checks.equal(f"no {key} under 1d", {None}, {line[key] for line in got})
    checks.equal("a log tells no engaged time", {0.0}, {line["engaged_seconds"] for line in got})


def counted(sessions):
    """Sessions as {what is compared: how many there are}; two can be alike in everything."""
    return Counter(tuple(session[key] for key in COMPARED_KEYS) for session in sessions)


def compare_range(checks, footfall, plan, truth):
    """25 days at once: additive figures add up; visitors of 25 salts become visitor_days."""
    period = f"{plan.days[0]}..{plan.days[-1]}"
    totals = truth.totals()
    answer = footfall.query(shop.SITE, METRICS, period)
    summed = {metric: sum(totals[day][metric] for day in plan.days) for metric in METRICS}
    summed["visitor_days"] = summed.pop("visitors")
    compare_tables(checks, "totals of the range", summed, only(answer["totals"], summed))
    checks.check("no visitors over several salts", "visitors" not in answer["totals"])
    checks.check("metrics name visitor_days", "visitor_days" in answer["metrics"]
                 and "visitors" not in answer["metrics"], str(answer["metrics"]))
    checks.equal("the range is told", (plan.days[0], plan.days[-1]), (answer["from"], answer["to"]))
    sources = footfall.query(shop.SITE, ("visitors", "sessions"), period, "source")
    checks.check("rows name visitor_days", all(
        "visitor_days" in row and "visitors" not in row for row in sources["rows"]))
    by_source = Counter()
    for day in truth.by_session("source").values():
        by_source.update({value: row["sessions"] for value, row in day.items()})
    compare_tables(checks, "sources of the range", by_source, value_rows(sources, "sessions"))
    books = footfall.books(shop.SITE, period)
    checks.equal("kept is what was viewed", summed["pageviews"], books["kept"])
    checks.equal("books balance", books["received"], books["kept"] + sum(books["dropped"].values()))


def every_schedule_gives_the_same_export(checks, bench):
    lines = bench.options.lines if bench.long else SMALL_LINES
    plan = recent_plan(bench.seed + 1, lines, DAYS)
    files = plan.write_rotated(bench.folder())
    wanted = straight(bench, files)
    checks.check("the export has rows for each day", all(day in wanted for day in plan.days))
    checks.same_text("the same again", wanted, straight(bench, files))
    checks.same_text("newest file first", wanted, straight(bench, files[::-1]))
    checks.same_text("files in the order of their names", wanted, straight(bench, sorted(files)))
    checks.same_text(
        "compressed through standard input", wanted, through_standard_input(bench, files))
    parts = plan.write_by_days(bench.folder(), 5)
    for title, aggregate in (("after each part", True), ("at the end of all parts", False)):
        checks.same_text(
            f"aggregated {title}", wanted, part_by_part(bench, parts, aggregate))
    aggregated_again(checks, bench, files, plan.days, wanted)


def straight(bench, files):
    footfall = fresh(bench)
    footfall.must("import", "log", shop.SITE, *files)
    footfall.must("aggregate")
    return footfall.export(shop.SITE)


def through_standard_input(bench, files):
    """One stream of several gzip members, as `cat` of rotated files makes it."""
    footfall = fresh(bench)
    stream = b"".join(as_gzip(path) for path in files)
    footfall.must("import", "log", shop.SITE, "-", stdin=stream)
    footfall.must("aggregate")
    return footfall.export(shop.SITE)


def as_gzip(path):
    with open(path, "rb") as file:
        data = file.read()
    return data if path.endswith(".gz") else subprocess.run(
        ["gzip", "-c"], input=data, capture_output=True, check=True).stdout


def part_by_part(bench, parts, aggregate):
    footfall = fresh(bench)
    for part in parts:
        footfall.must("import", "log", shop.SITE, part)
        if aggregate:
            footfall.must("aggregate", "--quiet")
    footfall.must("aggregate")
    return footfall.export(shop.SITE)


def aggregated_again(checks, bench, files, days, wanted):
    """A second aggregation, a rebuilt day and a check leave the rows as they are."""
    footfall = fresh(bench)
    footfall.must("import", "log", shop.SITE, *files)
    for _ in range(3):
        footfall.must("aggregate", "--site", shop.SITE)
    checks.same_text("aggregated three times", wanted, footfall.export(shop.SITE))
    for day in (days[7], days[-1]):
        footfall.must("aggregate", "--rebuild", day)
    checks.same_text("two days rebuilt", wanted, footfall.export(shop.SITE))


def a_day_at_a_time_agrees_too(checks, bench):
    """One import a day: sessions end with their import, and the figures are those of that truth."""
    plan = recent_plan(bench.seed + 2, SMALL_LINES, DAYS)
    parts = plan.write_by_days(bench.folder())
    exports = [part_by_part(bench, parts, aggregate) for aggregate in (True, False)]
    checks.same_text("aggregated daily or at the end", exports[0], exports[1])
    footfall = fresh(bench)
    for part in parts:
        footfall.must("import", "log", shop.SITE, part)
    footfall.must("aggregate")
    compare_days(checks, footfall, plan.days, plan.truth(day_of_import=lambda day: day))


def killed_half_way_gives_the_same_export(checks, bench):
    rng = random.Random(bench.seed)
    lines = bench.options.lines if bench.long else SMALL_LINES * 2
    files = recent_plan(bench.seed + 3, lines, DAYS).write_rotated(bench.folder())
    began = time.monotonic()
    wanted = straight(bench, files)
    longest = time.monotonic() - began
    footfall = fresh(bench)
    rounds = 30 if bench.long else 10
    early = killed(footfall, rng, 4, longest / 10, "import", "log", shop.SITE, *files)
    checks.equal("killed imports are not listed", [], footfall.json("import", "list"))
    footfall.must("aggregate")
    checks.equal("and leave no traffic", 0, footfall.query(
        shop.SITE, ["pageviews"], "30d")["totals"]["pageviews"])
    kills = killed(footfall, rng, rounds, longest, "import", "log", shop.SITE, *files)
    print(f"import killed {early + kills} times")
    if kills == rounds:
        footfall.must("import", "log", shop.SITE, *files)
    kills = killed(footfall, rng, rounds, longest, "aggregate")
    print(f"aggregate killed {kills} times")
    footfall.must("aggregate")
    checks.same_text("killed and run again", wanted, footfall.export(shop.SITE))
    footfall.must("aggregate", "--verify")


def killed(footfall, rng, rounds, longest, *arguments):
    """Starts the command again and again and kills it at a random moment, until it once finishes.

    Most moments are early: each is up to `longest` seconds, halved a random number of times.
    Gives the number of kills.
    """
    for done in range(rounds):
        process = footfall.start(
            *arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait = rng.uniform(0, longest) / 2 ** rng.randrange(4)
        try:
            status = process.wait(wait)
            if status != 0:
                raise RuntimeError(f"{arguments[0]} after {done} kills: exit {status}")
            return done
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
    return rounds


def add_options(parser):
    parser.add_argument("--lines", type=int, default=200_000, help="size of the great log")


if __name__ == "__main__":
    run_test(__file__, __doc__, [
        everything_agrees_with_the_truth,
        every_schedule_gives_the_same_export,
        a_day_at_a_time_agrees_too,
        killed_half_way_gives_the_same_export,
    ], add_options)
