"""Beacons that each view a page of their own, what each was answered, and what is stored of them."""

import itertools
import threading
import time

from support.beacons import kept, pageview, send
from support.footfall import value_rows
from support.words import word

# A day's report of a site tells so many pages one by one, and not many more.
PAGES_PER_SITE = 4000


def site_of(number):
    return f"laukums-{number // PAGES_PER_SITE}.test"


def page_of(number):
    return f"/e/{word(number % PAGES_PER_SITE)}"


def body_of(number):
    return pageview(f"https://{site_of(number)}{page_of(number)}", k=number)


def address_of(number):
    return f"198.18.{number % 250}.{number // 250 % 250}"


class Load:
    """Sends beacons, one after the other or over several connections at once.

    Each beacon has a number, which is its `k` as well. It ends up in `kept` (202), `refused` (503)
    or `unanswered` (sent, but the connection broke); any other answer is a surprise. `times` has
    the clock before it was sent and after it was answered, `waits` each 503's Retry-After.
    """

    def __init__(self, sites=1, clock=time.time):
        self.numbers = iter(range(sites * PAGES_PER_SITE))
        self.clock = clock
        self.kept, self.refused, self.unanswered = set(), set(), set()
        self.surprises, self.times, self.waits = [], {}, []
        self.answered = threading.Condition()
        self.ending = threading.Event()
        self.threads = []

    @property
    def count(self):
        return len(self.kept) + len(self.refused)

    def one(self, connection):
        """Sends the next beacon and gives its answer."""
        number = next(self.numbers)
        before = self.clock()
        self.unanswered.add(number)
        answer = send(connection, body_of(number), address_of(number))
        with self.answered:
            self.unanswered.discard(number)
            self.times[number] = (before, self.clock())
            self.note(number, answer)
            self.answered.notify_all()
        return answer

    def note(self, number, answer):
        if kept(answer):
            self.kept.add(number)
        elif answer.status == 503:
            self.refused.add(number)
            self.waits.append(answer.header("Retry-After"))
        else:
            self.surprises.append((answer.status, answer.dropped))

    def views(self, server, count):
        """The answers' codes of so many beacons, one after the other on one connection."""
        with server.connect() as connection:
            return [self.one(connection).status for _ in range(count)]

    def retry(self, server):
        """Sends what was refused or never answered again, as a tracker does; gives whether each is
        kept now, by this request or by the one before."""
        again = sorted(self.refused | self.unanswered)
        with server.connect() as connection:
            for number in again:
                answer = send(connection, body_of(number), address_of(number))
                if kept(answer) or (answer.status, answer.dropped) == (202, "duplicate"):
                    self.kept.add(number)
                    self.refused.discard(number)
                    self.unanswered.discard(number)
        return not self.refused and not self.unanswered

    def press(self, server, connections=4):
        """Starts senders, which go on until `release`, or until their connection breaks."""
        self.ending.clear()
        self.threads = [threading.Thread(target=self.drive, args=(server,), daemon=True)
                        for _ in range(connections)]
        for thread in self.threads:
            thread.start()

    def drive(self, server):
        try:
            with server.connect() as connection:
                while not self.ending.is_set():
                    self.one(connection)
        except (OSError, ValueError, IndexError, StopIteration):
            return  # ended by the server, or no number left: what was sent is in `unanswered`

    def until(self, more=0, condition=lambda: True, seconds=30):
        """Waits for so many more answers and for the condition; gives whether both came."""
        wanted = self.count + more
        with self.answered:
            return self.answered.wait_for(
                lambda: self.count >= wanted and condition(), seconds)

    def release(self):
        """Ends the senders; gives whether all have ended."""
        self.ending.set()
        return self.joined()

    def joined(self, seconds=30):
        for thread in self.threads:
            thread.join(seconds)
        return not any(thread.is_alive() for thread in self.threads)


def faults_of(load, stored):
    """What is wrong with what is stored, {number: views}: {fault: numbers}, empty if all is right.

    A kept beacon is there once, a refused one is not, and an unanswered one may be there once.
    """
    faults = {
        "kept and not there": [n for n in load.kept if n not in stored],
        "there more than once": [n for n, count in stored.items() if count > 1],
        "refused and there": [n for n in load.refused if n in stored],
        "there and never sent": [n for n in stored
                                 if n not in load.kept | load.refused | load.unanswered],
    }
    return {fault: sorted(numbers)[:10] for fault, numbers in faults.items() if numbers}


def stored_as_answered(checks, title, footfall, load, period="today"):
    """Claims that what is stored is what was answered, and that the books balance.

    Gives {number: views} of what is stored.
    """
    stored, unbalanced = {}, []
    for first in itertools.takewhile(lambda n: n <= highest(load), itertools.count(
            0, PAGES_PER_SITE)):
        pages = value_rows(
            footfall.query(site_of(first), ["pageviews"], period, "page"), "pageviews")
        numbers = {page_of(n): n for n in range(first, first + PAGES_PER_SITE)}
        stored |= {numbers.get(page, page): count for page, count in pages.items()}
        books = footfall.books(site_of(first), period)
        if (books["received"] != books["kept"] + sum(books["dropped"].values())
                or books["kept"] != sum(pages.values())):
            unbalanced.append((site_of(first), books, sum(pages.values())))
    checks.equal(f"{title}: what is stored is what was answered", {}, faults_of(load, stored))
    checks.equal(f"{title}: books that do not balance", [], unbalanced)
    checks.equal(f"{title}: other answers", [], load.surprises[:5])
    return stored


def highest(load):
    return max(load.kept | load.refused | load.unanswered, default=0)
