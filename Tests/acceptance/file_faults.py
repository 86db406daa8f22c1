#!/usr/bin/env python3
"""Partitions that are deleted, replaced or damaged under a collector, or before it starts: what is
acknowledged afterwards is kept, and the operator is told.

    file_faults.py BINARY

What stood in a file that is deleted or damaged has gone with it; all else must be there.
"""

import os
import shutil
from datetime import timedelta

from support.faults import (
    BY_ITSELF_WITHIN, Place, goes_on, is_ready, ready_by_itself, tells_refusals)
from support.footfall import poll
from support.load import Load, stored_as_answered
from support.options import run_test

LOG = "-wal"


def name_of(path):
    return os.path.basename(path)


def take_away(place):
    os.unlink(place.partition())


def take_all_away(place):
    for name in os.listdir(place.events()):
        os.unlink(place.events(name))


def take_log_away(place):
    os.unlink(place.partition() + LOG)


def put_a_backup_in_place(place):
    """As an owner restores a copy, without stopping the collector first: an empty one."""
    copy = place.events("copy")
    shutil.copyfile(place.empty, copy)
    for end in (LOG, "-shm"):
        os.unlink(place.partition() + end)
    os.rename(copy, place.partition())


# What may happen to an open partition.
ACTS = [take_away, take_all_away, put_a_backup_in_place]


def files_that_go_under_a_collector(checks, bench):
    """What is acknowledged afterwards survives even a kill, which closes no file in order."""
    for act in ACTS:
        title = act.__name__.replace("_", " ")
        place, load = Place(bench), Load()
        place.empty = empty_partition(bench)
        server = place.serve()
        load.views(server, 10)
        gone, load.kept = load.kept, set()
        act(place)
        goes_on(checks, title, server, load)
        checks.contains(f"{title}: the log tells", server.said(), name_of(place.partition()))
        server.kill()
        load.unanswered |= gone  # there or not: it depends on the file that they stood in
        stored_as_answered(checks, title, place.footfall, load)
        with place.serve() as server:
            goes_on(checks, f"{title}, after a kill", server, load)
        checks.equal(f"{title}: the books balance for aggregate", 0,
                     place.footfall.run("aggregate").status)
        stored_as_answered(checks, f"{title}, in the end", place.footfall, load)


def empty_partition(bench):
    """A partition in order without events, as a collector leaves it that got no beacon."""
    place = Place(bench)
    place.serve().stop()
    return place.partition()


def a_log_that_goes_loses_nothing(checks, bench):
    """Its bytes are still in the collector's hands, also those of what was kept before."""
    place, load = Place(bench), Load()
    server = place.serve()
    load.views(server, 10)
    take_log_away(place)
    goes_on(checks, "deleted log", server, load)
    server.kill()
    stored_as_answered(checks, "deleted log", place.footfall, load)
    with place.serve() as server:
        goes_on(checks, "deleted log, after a kill", server, load)
    stored_as_answered(checks, "deleted log, in the end", place.footfall, load)


def a_folder_that_is_away(checks, bench):
    place, load = Place(bench), Load()
    with place.serve() as server:
        load.views(server, 5)
        away = os.path.join(place.footfall.data, "away")
        os.rename(place.events(), away)
        checks.equal("folder away: refused", [503] * 5, load.views(server, 5))
        tells_refusals(checks, "folder away", server, load, name_of(place.partition()))
        os.rename(away, place.events())
        ready_by_itself(checks, "folder away", server)
        goes_on(checks, "folder away", server, load)
    stored_as_answered(checks, "folder away", place.footfall, load)


# MARK: Damage

def damage(path):
    """Writes over the head of a database, which every new connection reads."""
    with open(path, "r+b") as file:
        file.write(b"\xa5" * 4096)


def tells_damage(checks, title, place, path):
    """`doctor` and `aggregate` exit with 1 and name the file; a day beside it is still answered."""
    for command in (["doctor"], ["aggregate"]):
        outcome = place.footfall.run(*command)
        checks.equal(f"{title}: {command[0]}'s exit code", 1, outcome.status)
        checks.contains(f"{title}: {command[0]} names it", outcome.said, name_of(path))


def todays_is_damaged_at_the_start(checks, bench):
    """Either it starts with a new file and says so, or it refuses and says what to do."""
    place, load = Place(bench), Load()
    with place.serve() as server:
        load.views(server, 5)
    damage(place.partition())
    load.unanswered, load.kept = load.kept, set()
    tells_damage(checks, "today's damaged", place, place.partition())
    refusal = start(place)
    if refusal:
        checks.contains("today's damaged: says which, why, and the mend", refusal, "ended with 1",
                        name_of(place.partition()), "not a database", "move")
        place.move(place.partition(), os.path.join(place.footfall.data, "damaged"))
    with place.serve() as server:
        goes_on(checks, "today's damaged", server, load)
        if not refusal:
            checks.contains("today's damaged: the log tells", server.said(),
                            name_of(place.partition()))
    stored_as_answered(checks, "today's damaged", place.footfall, load)


def start(place):
    """Starts a collector and stops it; gives what it says if it refuses to start."""
    try:
        place.serve().stop()
    except RuntimeError as error:
        return str(error)
    return None


def yesterdays_is_damaged_at_the_start(checks, bench):
    """A collector that was killed left its log; the file beside it is damaged. Today goes on."""
    place, load = Place(bench), Load()
    place.serve().stop()
    server = place.serve()
    load.views(server, 5)
    server.kill()
    damage(place.partition())
    with open(place.partition() + LOG, "r+b") as log:
        log.truncate(os.path.getsize(log.name) // 2)
    load.unanswered, load.kept = load.kept, set()
    place.at(place.noon + timedelta(days=1))
    with place.serve() as server:
        checks.contains("yesterday's damaged: the log tells", server.said(),
                        name_of(place.partition()))
    with place.serve() as server:
        goes_on(checks, "yesterday's damaged", server, load)
        tells_damage(checks, "yesterday's damaged", place, place.partition())
    # A session of today may have begun in it: there are no figures while it is in the folder.
    place.move(place.partition(), os.path.join(place.footfall.data, "damaged"))
    stored_as_answered(checks, "yesterday's damaged", place.footfall, load)


def damaged_while_it_runs(checks, bench):
    """The collector notices by itself, by its log or by refusing; what it acknowledges from then on
    is kept, at the latest once the owner has moved the damaged file away."""
    title = "damaged while it runs"
    place, load = Place(bench), Load()
    place.serve().stop()  # the tables are in the file itself from here on
    with place.serve() as server:
        load.views(server, 5)
        damage(place.partition())
        name = name_of(place.partition())
        noticed = poll(lambda: name in server.said() or not is_ready(server), BY_ITSELF_WITHIN)
        checks.check(f"{title}: serve notices", noticed)
        tells_damage(checks, title, place, place.partition())
        load.views(server, 5)
        load.unanswered, load.kept = load.kept | load.refused, set()
        load.refused.clear()
        if poll(lambda: os.path.exists(place.partition()), 0):
            place.move(place.partition(), os.path.join(place.footfall.data, "damaged"))
        checks.equal(f"{title}: kept in a new file", [202] * 20, load.views(server, 20))
        checks.check(f"{title}: /readyz says yes", is_ready(server))
    stored_as_answered(checks, title, place.footfall, load)


if __name__ == "__main__":
    run_test(__file__, __doc__, [
        files_that_go_under_a_collector,
        a_log_that_goes_loses_nothing,
        a_folder_that_is_away,
        todays_is_damaged_at_the_start,
        yesterdays_is_damaged_at_the_start,
        damaged_while_it_runs,
    ])
