#!/usr/bin/env python3
"""Writes a made-up shop's access logs, and beside them what is true of them.

    generate_log.py FOLDER [--lines 200000] [--days 25] [--seed 1] [--until 2026-11-21]
                    [--format combined|common]

FOLDER gets access.log, access.log.1, access.log.2.gz … and truth.json. The same seed and dates give
the same bytes. The truth is worked out by support/truth.py from the requests, never by the product.
"""

import argparse
import ipaddress
import json
import os
import random
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from support import agents, logfiles, shop
from support.truth import Hit, Truth, days_between, local_seconds

CHUNK_DAYS = 5  # after so many days comes a night without visitors, where logs can be parted

# Gaps between pageviews in seconds: reading, and the edges of the timeout.
GAPS = [(60, lambda r: r.randint(2, 90)), (28, lambda r: r.randint(90, 900)),
        (5, lambda r: r.randint(900, 1790)), (2, lambda r: r.choice((1799, 1800))),
        (3, lambda r: r.randint(1801, 2400)), (1, lambda r: 0)]
HOURS = [1, 1, 1, 1, 1, 1, 2, 4, 6, 8, 9, 9, 10, 9, 9, 8, 8, 9, 11, 13, 14, 12, 8, 4]
UNREADABLE = [
    b'81.198.12.7 - - [22/Nov/2026:10:00', b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b'81.198.12.7 - - [32/Foo/2026:25:61:00 +0200] "GET / HTTP/1.1" 200 5 "-" "-"',
    b"\xff\xfe\x00\x80\xc3\x28", b"A" * 9000, b'[error] 31#31: *7 open() failed',
]


@dataclass
class Person:
    """One browser: what it says it is, and the network it is on."""

    agent: agents.Agent
    network: str
    address: str

    def spoken(self, rng):
        """The address as logged; an IPv6 household changes its lower half with each visit."""
        if ":" not in self.network:
            return self.address
        low = rng.getrandbits(64)
        return str(ipaddress.ip_network(self.network).network_address + low)


class LogPlan:
    """All requests of the made-up log (`requests`) and the pageviews among them (`hits`)."""

    def __init__(self, seed, lines, first, last):
        self.random = random.Random(seed)
        self.lines = lines
        self.days = days_between(first, last)
        after = (last + timedelta(days=1)).isoformat()
        self.midnights = [local_seconds(shop.TIMEZONE, day) for day in [*self.days, after]]
        self.pages = shop.Pages()
        self.people = self.make_people(max(12, lines // 60))
        self.requests, self.truth_of, self.skipped, self.delays = [], {}, {}, {}
        self.fill()
        self.entries = self.in_order()
        self.hits = [self.truth_of[id(e)] for e in self.entries if id(e) in self.truth_of]

    def make_people(self, count):
        people, known = [], set()
        while len(people) < count:
            person = self.make_person(people)
            if (person.network, person.agent) not in known:
                known.add((person.network, person.agent))
                people.append(person)
        return people

    def make_person(self, others):
        rng = self.random
        agent = rng.choice(agents.BROWSERS)
        kind = rng.random()
        if others and kind < 0.1:  # another browser behind somebody's router
            neighbour = rng.choice(others)
            return Person(agent, neighbour.network, neighbour.address)
        if kind < 0.3:
            network = f"2a03:ec00:{rng.randrange(1, 65536):x}:{rng.randrange(1, 65536):x}::/64"
            return Person(agent, network, "")
        first = rng.choice(("81.198", "46.109", "5.179", "212.93"))
        address = f"{first}.{rng.randrange(256)}.{rng.randrange(1, 255)}"
        spoken = f"::ffff:{address}" if kind > 0.98 else address
        return Person(agent, address, spoken)

    def fill(self):
        """Visits until the lines are nearly all used, then as many assets as are missing."""
        for night, day in enumerate(self.days[:-1]):
            if not self.is_quiet(night):
                self.cross_midnight(day)
        if len(self.days) >= CHUNK_DAYS:
            self.watch_for_days(self.days[1])
        damaged = max(1, self.lines // 400)
        while len(self.requests) < self.lines * 0.98 - damaged:
            self.visit(self.random.choice(self.people), self.any_moment())
        while len(self.requests) < self.lines - damaged:
            person = self.random.choice(self.people)
            self.add(person, self.any_moment(), person.spoken(self.random), kind="asset",
                     target=shop.encoded(self.random.choice(shop.ASSETS)))
        self.requests += [self.damage() for _ in range(damaged)]
        self.skipped["unreadable"] = damaged

    def is_quiet(self, night):
        """Whether the night after this day is one in which nobody comes."""
        return (night + 1) % CHUNK_DAYS == 0

    def any_moment(self):
        day = self.random.choice(self.days)
        hour = self.random.choices(range(24), HOURS)[0]
        clock = f"{hour:02}:{self.random.randrange(60):02}:{self.random.randrange(60):02}"
        return local_seconds(shop.TIMEZONE, day, clock)

    def visit(self, person, start):
        """A visit: pages with assets and mishaps between them; now and then a robot's instead."""
        rng = self.random
        if rng.random() < 0.06:
            return self.robot(start)
        address, time, arrival = person.spoken(rng), start, shop.any_arrival(rng)
        count = 1 if rng.random() < 0.42 else 2 + int(rng.expovariate(0.4))
        for _ in range(count):
            self.pageview(person, time, address, arrival)
            self.around(person, time, address)
            choice = rng.choices(GAPS, [weight for weight, _ in GAPS])[0]
            time, arrival = time + choice[1](rng), shop.WITHIN
        return None

    def cross_midnight(self, day):
        """People on the site at midnight: within, at and over the timeout, and back again later."""
        rng = self.random
        tomorrow = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
        midnight = local_seconds(shop.TIMEZONE, tomorrow)
        shapes = [(-600, 300, 2000), (-900, 900), (-900, 901), (-60, 1700, 3400, 5100, 20000),
                  (-1, 0), (-1800, 0, 1800, 30000), (-5, 40, 9000), (-1799, 1, 1802, 4000)]
        for shape in shapes[:max(1, min(len(shapes), self.lines // 4000))]:
            person = rng.choice(self.people)
            address, arrival = person.spoken(rng), shop.any_arrival(rng)
            for offset in shape:
                self.pageview(person, midnight + offset, address, arrival)
                arrival = shop.WITHIN

    def watch_for_days(self, day):
        """A screen in a lobby: a page every 25 minutes for 38 hours, over two midnights."""
        person = self.people[0]
        start = local_seconds(shop.TIMEZONE, day, "20:00:00")
        for step in range(38 * 60 // 25):
            self.pageview(person, start + step * 1500, person.spoken(self.random), shop.WITHIN)

    def pageview(self, person, time, address, arrival):
        page = self.pages.any(self.random)
        query = arrival.query
        if not query and self.random.random() < 0.08:
            query = self.random.choice(("lapa=2", "krasa=zila&izmers=m", "q=soma"))
        hit = Hit(time, person.network, person.agent, page, arrival.source, arrival.channel)
        self.add(person, time, address, kind="pageview", hit=hit,
                 target=shop.encoded(page) + (f"?{query}" if query else ""),
                 referrer=arrival.referrer, status=200 if self.random.random() < 0.95 else 304)

    def around(self, person, time, address):
        """What else a browser asks for: assets, forms, pages that are not there."""
        rng = self.random
        for _ in range(rng.choice((0, 0, 1, 2, 3))):
            self.add(person, time + rng.randrange(3), address, kind="asset",
                     target=shop.encoded(rng.choice(shop.ASSETS)),
                     status=rng.choice((200, 200, 304)))
        if rng.random() < 0.04:
            self.add(person, time + 1, address, kind="method", target="/grozs",
                     method=rng.choice(("POST", "HEAD", "OPTIONS")))
        if rng.random() < 0.04:
            self.add(person, time + 1, address, kind="status",
                     target=rng.choice(shop.MISSING), status=rng.choice((404, 301, 302, 500, 403)))

    def robot(self, start):
        rng = self.random
        robot = Person(agents.Agent(rng.choice(agents.ROBOTS), "", "", ""), "", "66.249.66.1")
        for step in range(rng.randint(1, 12)):
            self.add(robot, start + step * 2, robot.address, kind="bot",
                     target=shop.encoded(self.pages.any(rng)))

    def damage(self):
        written = self.any_moment()
        return logfiles.Damage(written, self.random.choice(UNREADABLE))

    def add(self, person, time, address, kind, target, method="GET", status=200, referrer="-",
            hit=None):
        """Takes a request into the log, unless it falls into a quiet night or out of the days."""
        if not self.is_allowed(time):
            return
        # Requests of one person in one second keep their order: the log is then its only witness.
        delay = self.delays.setdefault(
            (person.network, person.agent.text, time), self.random.choice((0, 0, 0, 1, 1, 2)))
        request = logfiles.Request(
            time, time + delay, address, person.agent.text, method, target, status, referrer)
        self.requests.append(request)
        if hit:
            self.truth_of[id(request)] = hit
        else:
            self.skipped[kind] = self.skipped.get(kind, 0) + 1

    def is_allowed(self, time):
        """Whether the instant is within the days, and in no quiet night (23:00 to 00:45)."""
        day = self.day_number(time)
        if not 0 <= day < len(self.days):
            return False
        last = day == len(self.days) - 1
        if (last or self.is_quiet(day)) and self.day_number(time + 3600) != day:
            return False
        return day == 0 or not self.is_quiet(day - 1) or time - self.midnights[day] >= 45 * 60

    def day_number(self, time):
        """Which of the days an instant is in; -1 before the first."""
        return bisect_right(self.midnights, time) - 1

    def in_order(self):
        """As the server writes them: by the end of the request."""
        return sorted(self.requests, key=lambda entry: entry.written)

    def truth(self, day_of_import=lambda day: 0):
        return Truth(self.hits, shop.TIMEZONE, day_of_import)

    def render(self, entries, form="combined"):
        return logfiles.rendered(entries, logfiles.server_zone(shop.TIMEZONE), form)

    def write_rotated(self, folder, form="combined"):
        """Writes the log as rotated files; gives their paths, oldest first."""
        return [
            logfiles.write(folder, name, self.render(entries, form))
            for name, entries in logfiles.rotated(self.entries, shop.TIMEZONE)
        ]

    def write_by_days(self, folder, size=1):
        """Writes one file for each `size` local days, cut by the time of the request itself."""
        groups = {}
        for entry in self.entries:
            day = self.day_number(getattr(entry, "time", entry.written))
            groups.setdefault(day // size, []).append(entry)
        return [
            logfiles.write(folder, f"part-{number:03}.log", self.render(groups[number]))
            for number in sorted(groups)
        ]


def recent_plan(seed, lines, days):
    """A log that ends with yesterday, so that none of it is past its term."""
    last = datetime.now(ZoneInfo(shop.TIMEZONE)).date() - timedelta(days=1)
    return LogPlan(seed, lines, last - timedelta(days=days - 1), last)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    options.add_argument("folder")
    options.add_argument("--lines", type=int, default=200_000)
    options.add_argument("--days", type=int, default=25)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--until", type=date.fromisoformat)
    options.add_argument("--format", choices=("combined", "common"), default="combined")
    chosen = options.parse_args()
    last = chosen.until or datetime.now(ZoneInfo(shop.TIMEZONE)).date() - timedelta(days=1)
    plan = LogPlan(chosen.seed, chosen.lines, last - timedelta(days=chosen.days - 1), last)
    os.makedirs(chosen.folder, exist_ok=True)
    files = plan.write_rotated(chosen.folder, chosen.format)
    truth = {
        "site": shop.SITE, "seed": chosen.seed, "lines": len(plan.entries),
        "files": [os.path.basename(path) for path in files], "skipped": plan.skipped,
        **plan.truth().as_json(),
    }
    path = os.path.join(chosen.folder, "truth.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(truth, file, ensure_ascii=False, indent=1, sort_keys=True)
    print(f"{len(plan.entries)} lines, {len(plan.hits)} pageviews, {len(files)} files, {path}")


if __name__ == "__main__":
    main()
