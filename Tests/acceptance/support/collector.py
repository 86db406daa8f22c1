"""A served site under test: what is sent to it, and what that does to its books and figures."""

import re
from dataclasses import dataclass

from support.agents import CHROME
from support.beacons import headers
from support.footfall import Footfall, calm_zone, value_rows

SITE, OTHER = "veikals.test", "blogs.test"
URL = f"https://{SITE}/lapa"


@dataclass
class Case:
    """A beacon, its answer, and what it adds to the books: one event, or one drop.

    `status` and `dropped` may be tuples where the contract leaves a choice. `names` are words one
    of which a 400 has to use for the field at fault; `page` is the page that counts the view.
    """

    title: str
    body: object
    status: object = 202
    dropped: object = None
    names: tuple = ()
    headers: tuple = ()
    address: str = "198.51.100.1"
    agent: str | None = CHROME.text
    page: str | None = None

    @property
    def statuses(self):
        return as_tuple(self.status)


def as_tuple(value):
    return value if isinstance(value, tuple) else (value,)


class Collector:
    """A served site, and the difference that each request makes in its books."""

    def __init__(self, bench, *options, sites=(SITE,), environment=None, **started):
        """`environment` is for every command, `started` for the server's process (`Popen`)."""
        self.footfall = Footfall(bench.binary, bench.folder(), environment)
        for site in sites:
            self.footfall.add_site(site, calm_zone())
        self.server = self.footfall.serve(*options, **started)
        self.before = {site: self.footfall.books(site) for site in sites}

    def send(self, case):
        # A header that the case sets stands in place of the usual one of that name.
        own = {key.lower() for key, _ in case.headers}
        usual = [pair for pair in headers(case.address, case.agent) if pair[0].lower() not in own]
        with self.server.connect() as connection:
            try:
                return connection.request(
                    "POST", "/api/event", [*usual, *case.headers], case.body)
            except OSError:
                if case.status != 413:
                    raise
                return connection.response()  # the answer came while we were still sending

    def difference(self, site=SITE):
        """What the books say now beyond what they said before: (received, kept, {reason: n})."""
        now, before = self.footfall.books(site), self.before[site]
        self.before[site] = now
        dropped = {reason: count - before["dropped"].get(reason, 0)
                   for reason, count in now["dropped"].items()}
        return (now["received"] - before["received"], now["kept"] - before["kept"],
                {reason: count for reason, count in dropped.items() if count})

    def pages(self, site=SITE):
        return value_rows(self.footfall.query(site, ["pageviews"], "today", "page"), "pageviews")

    def totals(self, *metrics, site=SITE):
        answer = self.footfall.query(site, metrics, "today")["totals"]
        return tuple(answer[metric] for metric in metrics)

    def rows(self, dimension, *metrics, site=SITE):
        return value_rows(self.footfall.query(site, metrics, "today", dimension), *metrics)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.stop()


def check_case(checks, collector, case):
    """One beacon: its status, its reason, the field it names, and its trace in the books."""
    answer = collector.send(case)
    checks.one_of(f"{case.title}: status", case.statuses, answer.status)
    checks.equal(f"{case.title}: no cookie is set", None, answer.header("Set-Cookie"))
    if answer.status == 202:
        checks.equal(f"{case.title}: body", "ok", answer.text.strip())
        checks.one_of(f"{case.title}: reason", as_tuple(case.dropped), answer.dropped)
    elif case.names and answer.status == 400:
        words = set(re.findall(r"\w+", answer.text))
        checks.check(f"{case.title}: the field is named", words & set(case.names), answer.text)
    check_books(checks, collector, case, answer)


def check_books(checks, collector, case, answer):
    received, kept_count, dropped = collector.difference()
    if answer.status != 202 or answer.dropped == "unknown_site":
        checks.equal(f"{case.title}: no trace in the site's books", (0, 0, {}),
                     (received, kept_count, dropped))
    elif answer.dropped:
        checks.equal(f"{case.title}: counted as dropped", (1, 0, {answer.dropped: 1}),
                     (received, kept_count, dropped))
    else:
        checks.equal(f"{case.title}: counted as kept", (1, 1, {}),
                     (received, kept_count, dropped))
