"""Reads what `strace -f -yy` wrote, and finds answers that went ahead of a sync.

The rule (DESIGN I1): a 202 leaves only after an fdatasync or fsync of the journal that *began
after* the event was written there, and ended well. A sync that was already under way when the
event was written proves nothing.
"""

import re
from dataclasses import dataclass

WRITES = ("write", "writev", "pwrite64", "pwritev", "sendto", "sendmsg")
SYNCS = ("fsync", "fdatasync")
JOURNAL = re.compile(r"/events/[^/]*-wal>$")
ACCEPTED = "HTTP/1.1 202"

# 4711 pwrite64(12</data/events/2026-11-22.sqlite-wal>, "…"..., 4096, 32) = 4096
WHOLE = re.compile(r"^(\d+)\s+(\w+)\((.*)\)\s+= (-?\d+|\?)")
BEGUN = re.compile(r"^(\d+)\s+(\w+)\((.*) <unfinished \.\.\.>$")
ENDED = re.compile(r"^(\d+)\s+<\.\.\. (\w+) resumed>(.*)\)\s+= (-?\d+|\?)")
DESCRIPTOR = re.compile(r"^\d+(<(?:->|[^<>]|<[^<>]*>)*>)")


@dataclass
class Call:
    """One system call. `began` and `ended` are places in the trace, the end None if never seen."""

    thread: str
    name: str
    arguments: str
    began: int
    ended: int | None = None
    result: int | None = None

    @property
    def file(self):
        """What strace says the descriptor is, in angle brackets."""
        found = DESCRIPTOR.match(self.arguments)
        return found.group(1) if found else ""

    @property
    def succeeded(self):
        return self.result is not None and self.result >= 0


def parse(lines):
    """The calls of a trace in the order in which they began."""
    calls, waiting = [], {}
    for place, text in enumerate(lines):
        if found := WHOLE.match(text):
            thread, name, arguments, result = found.groups()
            calls.append(Call(thread, name, arguments, place, place, number(result)))
        elif found := BEGUN.match(text):
            call = Call(*found.groups(), began=place)
            waiting[call.thread] = call
            calls.append(call)
        elif found := ENDED.match(text):
            thread, name, arguments, result = found.groups()
            call = waiting.pop(thread, None)
            if call and call.name == name:
                call.arguments += arguments
                call.ended, call.result = place, number(result)
    return calls


def number(text):
    return None if text == "?" else int(text)


def journal_writes(calls):
    return [c for c in calls if c.name in WRITES and JOURNAL.search(c.file) and c.succeeded]


def journal_syncs(calls):
    return [c for c in calls if c.name in SYNCS and JOURNAL.search(c.file) and c.result == 0]


def answers(calls):
    """The calls that send a 202, in order."""
    return [c for c in calls if c.name in WRITES and "TCP" in c.file and ACCEPTED in c.arguments]


def unsynced_answers(calls, marks):
    """Faults in a trace of beacons that were sent one after the other, as text.

    `marks` are the beacons' own words, in the order sent; each stands in what is written to the
    journal for it. An answer is right if, before it began, a sync ended that began after the last
    journal write which this beacon caused: the last before the answer.
    """
    sent = answers(calls)
    if len(sent) != len(marks):
        return [f"{len(marks)} beacons were sent, {len(sent)} answers found"]
    writes, syncs = journal_writes(calls), journal_syncs(calls)
    faults, previous = [], -1
    for mark, answer in zip(marks, sent):
        own = [w for w in writes if previous < w.began < answer.began]
        if not any(mark in write.arguments for write in own):
            faults.append(f"{mark}: answered before it was written")
        else:
            faults += faults_of(mark, own[-1], answer, syncs)
        previous = answer.began
    return faults


def unsynced_among_many(calls, marks):
    """The same for beacons that wait together: {mark: connection} tells where each was answered.

    Each connection sends one beacon; its mark's first write is the one that counts, and the sync
    must be of the same file. Other beacons' writes may be under way meanwhile.
    """
    by_connection = {}
    for answer in answers(calls):
        by_connection.setdefault(connection_of(answer), answer)
    writes, syncs = journal_writes(calls), journal_syncs(calls)
    faults = []
    for mark, connection in marks.items():
        answer = by_connection.get(connection)
        written = next((w for w in writes if mark in w.arguments), None)
        if answer is None:
            faults.append(f"{mark}: no answer found")
        elif written is None or written.began > answer.began:
            faults.append(f"{mark}: answered before it was written")
        else:
            faults += faults_of(mark, written, answer, syncs)
    return faults


def faults_of(mark, write, answer, syncs):
    """Whether a sync lies between the end of the write and the start of the answer."""
    between = [
        s for s in syncs
        if s.file == write.file and s.began > write.ended and s.ended < answer.began
    ]
    return [] if between else [f"{mark}: answered without a sync after its write"]


def connection_of(answer):
    """The client's port in `TCP:[127.0.0.1:8080->127.0.0.1:54321]`."""
    found = re.search(r"->\S*?:(\d+)\]", answer.file)
    return int(found.group(1)) if found else None
