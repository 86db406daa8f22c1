"""The generator: repeatable, of the size asked for, and true to what it writes."""

import gzip
import re
import tempfile
import unittest
from collections import Counter
from datetime import date, datetime

from generate_log import CHUNK_DAYS, LogPlan
from support import agents, shop

SEED = 7
READABLE = re.compile(
    rb'^(\S+) - - \[(\d\d/(?:Oct|Nov)/[^\]]+)\] "([A-Z]+) (\S+) HTTP/[\d.]+" '
    rb'(\d{3}) (\d+|-) "([^"]*)" "([^"]*)"$')
ASSET = re.compile(rb"\.(css|js|png|svg|jpg|webp|woff2|ico|gif)(\?|$)")


def plan(seed=SEED, lines=4000, days=10):
    last = date(2026, 11, 20)
    return LogPlan(seed, lines, date.fromordinal(last.toordinal() - days + 1), last)


def lines_of(paths):
    for path in paths:
        with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
            yield from file.read().splitlines()


class LogTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.plan = plan()
        with tempfile.TemporaryDirectory() as folder:
            cls.paths = cls.plan.write_rotated(folder)
            cls.lines = list(lines_of(cls.paths))
            cls.first_lines = [next(lines_of([path])) for path in cls.paths]
            cls.parts = list(lines_of(cls.plan.write_by_days(folder, CHUNK_DAYS)))

    def test_size(self):
        self.assertEqual(4000, len(self.lines))
        self.assertEqual(4000, len(self.plan.hits) + sum(self.plan.skipped.values()))

    def test_repeatable(self):
        again = plan()
        self.assertEqual(self.plan.hits, again.hits)
        self.assertEqual(self.plan.render(self.plan.entries), again.render(again.entries))
        self.assertNotEqual(self.plan.hits, plan(SEED + 1).hits)

    def test_rotated_files_and_parts_hold_the_same_lines(self):
        self.assertEqual(Counter(self.lines), Counter(self.parts))

    def test_files_stand_oldest_first(self):
        times = [when(found) for line in self.first_lines if (found := READABLE.match(line))]
        self.assertEqual(sorted(times), times)

    def test_truth_counts_what_is_written(self):
        """Counted anew from the lines themselves, by a parser of its own."""
        views, unreadable = 0, 0
        robots = {robot.encode() for robot in agents.ROBOTS}
        for line in self.lines:
            found = READABLE.match(line)
            if not found:
                unreadable += 1
                continue
            views += (found[3] == b"GET" and found[5] in (b"200", b"304")
                      and not ASSET.search(found[4]) and found[8] not in robots)
        self.assertEqual(len(self.plan.hits), views)
        self.assertEqual(self.plan.skipped["unreadable"], unreadable)
        totals = self.plan.truth().totals()
        self.assertEqual(views, sum(day["pageviews"] for day in totals.values()))

    def test_sources_add_up_to_the_totals(self):
        truth = self.plan.truth()
        for name in ("source", "entry_page", "browser"):
            for day, values in truth.by_session(name).items():
                for metric in ("sessions", "pageviews", "bounces", "session_seconds"):
                    self.assertEqual(truth.totals()[day][metric],
                                     sum(row[metric] for row in values.values()))

    def test_lines_are_slightly_out_of_order(self):
        times = [when(found) for line in self.lines if (found := READABLE.match(line))]
        backward = [before - after for before, after in zip(times, times[1:]) if after < before]
        self.assertTrue(backward)
        self.assertLessEqual(max(backward), 2)

    def test_the_edges_are_there(self):
        truth = self.plan.truth()
        gaps = Counter(after.time - before.time for session in truth.sessions
                       for before, after in zip(session.hits, session.hits[1:]))
        self.assertGreater(gaps[1800], 0)
        self.assertEqual(0, sum(count for gap, count in gaps.items() if gap > 1800))
        crossing = [session for session in truth.sessions
                    if truth.day(session.start) != truth.day(session.end)]
        self.assertGreater(len(crossing), 5)
        self.assertGreater(max(session.end - session.start for session in truth.sessions), 86400)

    def test_nobody_comes_in_quiet_nights(self):
        truth = self.plan.truth()
        for session in truth.sessions:
            first, last = (self.plan.days.index(truth.day(time))
                           for time in (session.start, session.end))
            self.assertEqual(first // CHUNK_DAYS, last // CHUNK_DAYS)

    def test_the_truth_of_parts_is_the_truth_of_the_whole(self):
        whole = self.plan.truth()
        parts = self.plan.truth(lambda day: self.plan.days.index(day) // CHUNK_DAYS)
        self.assertEqual(whole.totals(), parts.totals())
        self.assertNotEqual(whole.totals(), self.plan.truth(lambda day: day).totals())

    def test_all_arrivals_and_pages_occur(self):
        sources = {hit.source for hit in plan(lines=20000).hits}
        self.assertEqual({arrival.source for arrival in shop.ARRIVALS}, sources)


def when(found):
    return datetime.strptime(found[2].decode(), "%d/%b/%Y:%H:%M:%S %z").timestamp()


if __name__ == "__main__":
    unittest.main()
