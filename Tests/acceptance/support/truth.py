"""What Footfall has to say of a log, worked out from the hits themselves.

This model is written only to be clear: it takes one visitor after the other, cuts sessions by the
definitions, and counts. It shares nothing with the product.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

TIMEOUT_SECONDS = 30 * 60
LONGEST_SECONDS = 48 * 60 * 60
SESSION_DIMENSIONS = ("source", "channel", "entry_page", "exit_page", "browser", "os", "device")


@dataclass(frozen=True)
class Hit:
    """A pageview as the log tells it. `network` and `agent` together are one visitor's mark."""

    time: int
    network: str
    agent: object
    page: str
    source: str = "Direct"
    channel: str = "Direct"


@dataclass
class Session:
    visitor: tuple
    hits: list = field(default_factory=list)

    @property
    def start(self):
        return self.hits[0].time

    @property
    def end(self):
        return self.hits[-1].time

    def value(self, dimension):
        """The session's value of a dimension: that of its first event, but for the exit page."""
        first = self.hits[0]
        if dimension == "entry_page":
            return first.page
        if dimension == "exit_page":
            return self.hits[-1].page
        owner = first if dimension in ("source", "channel") else first.agent
        return getattr(owner, dimension)


class Truth:
    """The figures of one import.

    `hits` are in the order of the log's lines, which decides between hits of one second.
    `day_of_import(day)` tells which import brought a local day: imports know nothing of one
    another, so no session goes from one to the next.
    """

    def __init__(self, hits, zone, day_of_import=lambda day: 0):
        self.zone = ZoneInfo(zone)
        self.day_of_import = day_of_import
        self.sessions = []
        for visits in self.by_person(hits).values():
            self.cut(visits)
        self.sessions.sort(key=lambda session: session.start)

    def by_person(self, hits):
        people = defaultdict(list)
        for hit in hits:
            people[hit.network, hit.agent, self.day_of_import(self.day(hit.time))].append(hit)
        for visits in people.values():
            visits.sort(key=lambda hit: hit.time)  # stable: within a second, the lines' order
        return people

    def cut(self, visits):
        """One person's pageviews into sessions.

        A session that runs over midnight keeps the visitor it began with; whoever comes back
        after its end has the value of the day on which he comes back.
        """
        session = None
        for hit in visits:
            if session is None or not self.joins(session, hit):
                visitor = (hit.network, hit.agent, self.day(hit.time))
                session = Session(visitor)
                self.sessions.append(session)
            session.hits.append(hit)

    @staticmethod
    def joins(session, hit):
        """Exactly the timeout does not cut; a session is at most 48 hours long."""
        return (hit.time - session.end <= TIMEOUT_SECONDS
                and hit.time - session.start <= LONGEST_SECONDS)

    def day(self, time):
        """The local date of an instant."""
        return datetime.fromtimestamp(time, self.zone).date().isoformat()

    def totals(self):
        """{day: {"visitors", "sessions", "pageviews", "bounces", "session_seconds"}}"""
        return {day: tally[""] for day, tally in self.tallies(lambda session: "").items()}

    def by_session(self, dimension):
        """{day: {value: figures}} of a session dimension."""
        return self.tallies(lambda session: session.value(dimension))

    def tallies(self, value_of):
        """Sessions count on the day they start; pageviews, and visitors seen, where they happen."""
        seen = defaultdict(set)
        days = defaultdict(lambda: defaultdict(figures))
        for session in self.sessions:
            value = value_of(session)
            first = days[self.day(session.start)][value]
            first["sessions"] += 1
            first["bounces"] += len(session.hits) == 1
            first["session_seconds"] += session.end - session.start
            for hit in session.hits:
                day = self.day(hit.time)
                days[day][value]["pageviews"] += 1
                seen[day, value].add(session.visitor)
        for (day, value), visitors in seen.items():
            days[day][value]["visitors"] = len(visitors)
        return days

    def pages(self, of=lambda session: True):
        """{day: {page: {"visitors", "sessions", "pageviews"}}}, an event dimension.

        Its sessions are those with such an event on that day. `of` chooses the sessions that
        count, as a filter does.
        """
        views = defaultdict(lambda: defaultdict(list))
        for number, session in enumerate(self.sessions):
            if of(session):
                for hit in session.hits:
                    views[self.day(hit.time)][hit.page].append((session.visitor, number))
        return {
            day: {
                page: {
                    "visitors": len({visitor for visitor, _ in seen}),
                    "sessions": len({number for _, number in seen}),
                    "pageviews": len(seen),
                }
                for page, seen in pages.items()
            }
            for day, pages in views.items()
        }

    def session_lines(self):
        """{day: [session as `footfall sessions` tells it]}, of the sessions that start there."""
        days = defaultdict(list)
        for session in self.sessions:
            line = {dimension: session.value(dimension) for dimension in SESSION_DIMENSIONS}
            line |= {
                "start": instant(session.start), "end": instant(session.end),
                "duration_seconds": float(session.end - session.start),
                "pageviews": len(session.hits), "events": 0, "bounce": len(session.hits) == 1,
            }
            days[self.day(session.start)].append(line)
        return days

    def as_json(self):
        """All figures as plain values, for a file."""
        return {
            "timezone": str(self.zone),
            "totals": self.totals(),
            "pages": self.pages(),
            **{name: self.by_session(name) for name in SESSION_DIMENSIONS},
            "sessions": self.session_lines(),
        }


def figures():
    return {"visitors": 0, "sessions": 0, "pageviews": 0, "bounces": 0, "session_seconds": 0}


def instant(time):
    """An instant as the product writes it: UTC, milliseconds, Z."""
    moment = datetime.fromtimestamp(time, timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def local_seconds(zone, day, clock="00:00:00"):
    """The instant of a wall-clock time on a date, in seconds since 1970."""
    return int(datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZoneInfo(zone)).timestamp())


def days_between(first, last):
    """The ISO dates from one date to another, both included."""
    return [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]
