"""The model of sessions and visitors, by cases worked out by hand."""

import unittest

from support import agents
from support.truth import Hit, Truth, local_seconds

ZONE = "Europe/Riga"
CHROME, OTHER = agents.BROWSERS[0], agents.BROWSERS[1]


def hit(day, clock, page="/", network="a", agent=CHROME, **more):
    return Hit(local_seconds(ZONE, f"2026-11-{day:02}", clock), network, agent, page, **more)


def sessions(*hits):
    return [len(session.hits) for session in Truth(list(hits), ZONE).sessions]


def visitors(*hits):
    return {day[-2:]: row["visitors"] for day, row in Truth(list(hits), ZONE).totals().items()}


class SessionsTest(unittest.TestCase):
    def test_timeout(self):
        for last, expected in (("10:29:59", [2]), ("10:30:00", [2]), ("10:30:01", [1, 1])):
            with self.subTest(last):
                self.assertEqual(expected, sessions(hit(10, "10:00:00"), hit(10, last)))

    def test_order_of_lines_does_not_matter_but_within_a_second(self):
        late, early = hit(10, "10:00:05", "/b"), hit(10, "10:00:04", "/a")
        self.assertEqual("/a", Truth([late, early], ZONE).sessions[0].value("entry_page"))
        twins = [hit(10, "10:00:00", "/b"), hit(10, "10:00:00", "/a")]
        self.assertEqual("/b", Truth(twins, ZONE).sessions[0].value("entry_page"))

    def test_longest_session(self):
        start = local_seconds(ZONE, "2026-11-10", "10:00:00")
        hits = [Hit(start + step * 1800, "a", CHROME, "/") for step in range(98)]
        self.assertEqual([97, 1], sessions(*hits))

    def test_browsers_and_networks_part_visitors(self):
        self.assertEqual([1, 1, 1], sessions(
            hit(10, "10:00:00"), hit(10, "10:01:00", agent=OTHER),
            hit(10, "10:02:00", network="b")))


class VisitorsTest(unittest.TestCase):
    def test_days(self):
        cases = [
            ("one day", [hit(10, "08:00:00"), hit(10, "20:00:00")], {"10": 1}),
            ("two days", [hit(10, "08:00:00"), hit(11, "08:00:00")], {"10": 1, "11": 1}),
            ("over midnight", [hit(10, "23:50:00"), hit(11, "00:10:00")], {"10": 1, "11": 1}),
            ("and back", [hit(10, "23:50:00"), hit(11, "00:10:00"), hit(11, "09:00:00")],
             {"10": 1, "11": 2}),
            ("a second too late", [hit(10, "23:45:00"), hit(11, "00:15:01")],
             {"10": 1, "11": 1}),
        ]
        for title, hits, expected in cases:
            with self.subTest(title):
                self.assertEqual(expected, visitors(*hits))

    def test_a_session_counts_where_it_starts_and_its_views_where_they_happen(self):
        truth = Truth([hit(10, "23:50:00", "/a", source="Google"), hit(11, "00:10:00", "/b")], ZONE)
        days = truth.by_session("source")
        self.assertEqual((1, 1, 1), figures(days["2026-11-10"]["Google"]))
        self.assertEqual((1, 0, 1), figures(days["2026-11-11"]["Google"]))
        self.assertEqual({"/b": {"visitors": 1, "sessions": 1, "pageviews": 1}},
                         truth.pages()["2026-11-11"])
        self.assertEqual(["2026-11-10"], list(truth.session_lines()))
        self.assertEqual("/b", truth.session_lines()["2026-11-10"][0]["exit_page"])

    def test_imports_know_nothing_of_one_another(self):
        hits = [hit(10, "23:50:00"), hit(11, "00:10:00")]
        truth = Truth(hits, ZONE, day_of_import=lambda day: day)
        self.assertEqual(2, len(truth.sessions))
        self.assertEqual(1, truth.totals()["2026-11-11"]["visitors"])


def figures(row):
    return row["visitors"], row["sessions"], row["pageviews"]


if __name__ == "__main__":
    unittest.main()
