#!/usr/bin/env python3
"""Salts rotate at the site's midnight, sessions cross it, and the old salt is nowhere after.

    rotation.py BINARY

Time is moved by the file that FOOTFALL_TEST_CLOCK_FILE names.
"""

import os
import stat
from datetime import timedelta

from support.beacons import TRUSTED, kept, pageview, send
from support.clock import Clock
from support.footfall import Footfall, poll, today_in
from support.options import run_test
from support.search import files_below, found_in_folder, secret_forms
from support.truth import local_seconds

SITE = "veikals.test"
ZONE = "Europe/Riga"
DESTROYED_WITHIN = 75  # a running server looks at its salts at least once a minute
CACHE_TAG = b"Signature: 8a477f597d28d172789f06886806bc55"


class Night:
    """A server with a movable clock; `first` and `second` are the dates around its midnight."""

    def __init__(self, bench, rotation="1d"):
        start = today_in(ZONE) + timedelta(days=1)
        self.first, self.second = start.isoformat(), (start + timedelta(days=1)).isoformat()
        self.clock = Clock(bench.folder())
        self.footfall = Footfall(bench.binary, bench.folder(), self.clock.environment)
        self.at(self.first, "20:00")
        self.footfall.add_site(SITE, ZONE, "--salt-rotation", rotation)
        self.server = self.footfall.serve(*TRUSTED)

    def at(self, day, time):
        self.clock.set(local_seconds(ZONE, day, time + ":00"))

    def view(self, person, page):
        """A person, told by a letter, views a page now; gives whether that was kept."""
        address = f"198.51.100.{ord(person)}"
        with self.server.connect() as connection:
            return kept(send(connection, pageview(f"https://{SITE}{page}"), address))

    def restart(self):
        self.server.kill()
        self.server = self.footfall.serve(*TRUSTED)

    def salts(self):
        """{name: bytes} of the files in the secret folder."""
        folder = os.path.join(self.footfall.data, "secret")
        files = [path for path in files_below(folder) if not path.endswith("CACHEDIR.TAG")]
        return {os.path.basename(path): read(path) for path in files}

    def sessions(self, day):
        return [(one["entry_page"], one["exit_page"], one["pageviews"])
                for one in self.footfall.sessions(SITE, day)]

    def visitors(self, day):
        answer = self.footfall.query(SITE, ["visitors"], f"{day}..{day}")
        return answer["totals"]["visitors"]


def read(path):
    with open(path, "rb") as file:
        return file.read()


def needles(salts):
    """What to look for of each salt: the file's bytes, and its ends where it holds more."""
    found = {}
    for name, data in salts.items():
        found[name] = secret_forms(data)
        if len(data) > 32:
            found[name] |= secret_forms(data[:32]) | secret_forms(data[-32:])
    return found


# (day, clock, who, page) of one night. Person by person, the gaps are: A stays under the timeout
# until 01:05, F never comes back, B comes back after 33 minutes, D's second page is the first after
# a restart, E is new.
VIEWS_BEFORE_THE_RESTART = [
    (1, "23:30", "F", "/viens"), (1, "23:50", "A", "/vakars"), (1, "23:52", "B", "/pirms"),
    (1, "23:55", "D", "/sakums"), (2, "00:05", "A", "/nakts"), (2, "00:08", "E", "/tikai"),
]
VIEWS_AFTER_IT = [
    (2, "00:15", "D", "/vidus"), (2, "00:20", "A", "/velu"), (2, "00:25", "B", "/pec"),
]
VIEWS_AFTER_THE_OLD_SALT = [
    (2, "00:40", "A", "/velak"), (2, "00:43", "D", "/beigas"), (2, "01:05", "A", "/miegs"),
    (2, "01:55", "A", "/rits"), (2, "01:56", "D", "/diena"), (2, "02:10", "A", "/darbs"),
]
FIRST_DAY = [("/viens", "/viens", 1), ("/vakars", "/miegs", 5), ("/pirms", "/pirms", 1),
             ("/sakums", "/beigas", 3)]
SECOND_DAY = [("/tikai", "/tikai", 1), ("/pec", "/pec", 1), ("/rits", "/darbs", 2),
              ("/diena", "/diena", 1)]


def a_night_on_the_site(checks, bench):
    night = Night(bench)
    days = {1: night.first, 2: night.second}

    def play(views):
        for day, clock, person, page in views:
            night.at(days[day], clock)
            checks.check(f"{clock} {person} {page} is kept", night.view(person, page))

    play(VIEWS_BEFORE_THE_RESTART[:4])
    old = night.salts()
    checks.equal("one salt before midnight", 1, len(old))
    look_at_the_secret_folder(checks, night)
    play(VIEWS_BEFORE_THE_RESTART[4:])
    checks.equal("two salts after it", 2, len(night.salts()))
    night.restart()
    play(VIEWS_AFTER_IT)
    night.at(days[2], "00:32")
    the_old_salt_goes(checks, night, old)
    play(VIEWS_AFTER_THE_OLD_SALT)
    for stage in ("by the raw events", "by the rollups"):
        checks.equal(f"sessions of the first day, {stage}", FIRST_DAY, night.sessions(days[1]))
        checks.equal(f"sessions of the second, {stage}", SECOND_DAY, night.sessions(days[2]))
        checks.equal(f"visitors of the first day, {stage}", 4, night.visitors(days[1]))
        # A and D cross and come back: one under each value; with B and E that makes six.
        checks.equal(f"visitors of the second, {stage}", 6, night.visitors(days[2]))
        night.footfall.must("aggregate")
    checks.equal("the old salt after all that", [], found_in_folder(
        night.footfall.data, needles(old)))
    night.server.stop()
    checks.equal("nor after the end", [], found_in_folder(night.footfall.data, needles(old)))


def look_at_the_secret_folder(checks, night):
    folder = os.path.join(night.footfall.data, "secret")
    for path in files_below(folder):
        if path.endswith("CACHEDIR.TAG"):
            continue
        checks.equal("mode of a salt", 0o600, stat.S_IMODE(os.stat(path).st_mode))
    checks.check("backup tools pass the folder by", read(os.path.join(
        folder, "CACHEDIR.TAG")).startswith(CACHE_TAG))
    checks.check("a salt has 256 bits", all(len(data) >= 32 for data in night.salts().values()))


def the_old_salt_goes(checks, night, old):
    gone = poll(lambda: not set(old) & set(night.salts()), DESTROYED_WITHIN)
    checks.check("serve destroys the old salt by itself", gone, str(list(night.salts())))
    checks.equal("its bytes in any file", [], found_in_folder(night.footfall.data, needles(old)))


def the_next_process_destroys_it_first(checks, bench):
    """Nobody ran at the salt's end: the first command after it sees to that."""
    for command in (["aggregate"], ["doctor"], ["serve"]):
        night = Night(bench)
        night.at(night.first, "22:00")
        night.view("A", "/")
        old = night.salts()
        night.server.stop()
        checks.equal(f"{command[0]}: it outlives the server", old, night.salts())
        night.at(night.second, "09:00")
        if command == ["serve"]:
            night.footfall.serve(*TRUSTED).stop()
        else:
            night.footfall.run(*command)
        checks.equal(f"{command[0]}: old salt's bytes", [], found_in_folder(
            night.footfall.data, needles(old)))


def a_week_has_one_salt(checks, bench):
    """Under 1w a visitor is known from Monday to Sunday, and not in the next week."""
    night = Night(bench, "1w")
    today = today_in(ZONE)
    monday = today + timedelta(days=7 - today.weekday())
    days = [(monday + timedelta(days=n)).isoformat() for n in (1, 2, 6, 7)]
    for place, day in enumerate(days):
        night.at(day, "12:00")
        checks.check(f"{day} is kept", night.view("A", f"/diena-{'abcd'[place]}"))
    within = night.footfall.query(SITE, ["visitors"], f"{days[0]}..{days[2]}")["totals"]
    checks.equal("known within the week", {"visitors": 1}, within)
    over = night.footfall.query(SITE, ["visitors"], f"{days[0]}..{days[3]}")["totals"]
    checks.equal("two weeks: daily visitors", {"visitor_days": 4}, over)
    night.server.stop()


def midnight_without_a_session_across_it(checks, bench):
    """The same person the next day is somebody new."""
    night = Night(bench)
    for day, clock in ((night.first, "12:00"), (night.first, "18:00"), (night.second, "12:00")):
        night.at(day, clock)
        night.view("A", "/")
    checks.equal("visitors", [1, 1], [night.visitors(night.first), night.visitors(night.second)])
    period = f"{night.first}..{night.second}"
    answer = night.footfall.query(SITE, ["visitors"], period)
    checks.equal("over both days", {"visitor_days": 2}, answer["totals"])
    night.server.stop()


def the_clock_can_be_moved(checks, bench):
    night = Night(bench)
    night.at(night.first, "20:00")
    checks.check("a beacon is kept", night.view("A", "/"))
    sessions = night.footfall.sessions(SITE, night.first)
    checks.check("its time is the moved clock's", sessions and sessions[0]["start"].startswith(
        night.first), str(sessions))
    night.server.stop()


if __name__ == "__main__":
    run_test(__file__, __doc__, [
        the_clock_can_be_moved,
        a_night_on_the_site,
        the_next_process_destroys_it_first,
        a_week_has_one_salt,
        midnight_without_a_session_across_it,
    ])
