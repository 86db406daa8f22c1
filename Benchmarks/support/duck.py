#!/usr/bin/env python3
"""The part of a fold that a database does by one question: sessions with start, end and bounce, and
by each of four of their values visitors, sessions, pageviews and durations.

    duck.py load PARTITION DATABASE     the partition's events into a file of DuckDB's own
    duck.py fold DATABASE               prints `CPU-seconds peak-MiB sessions`
"""

import resource
import sqlite3
import sys
import tempfile

import duckdb

SESSIONS = """
CREATE OR REPLACE TEMP TABLE sessions AS
WITH marked AS (
    SELECT *, CASE WHEN time - lag(time) OVER (PARTITION BY visitor ORDER BY time, seq) <= 1800000
        THEN 0 ELSE 1 END AS is_start
    FROM event
), numbered AS (
    SELECT *, sum(is_start) OVER (PARTITION BY visitor ORDER BY time, seq) AS session FROM marked
)
SELECT visitor, session, min(time) AS start, max(time) AS finish,
    count(*) FILTER (name = 0) AS pageviews, count(*) FILTER (name > 0) AS events,
    arg_min(acquisition, (time, seq)) AS acquisition, arg_min(profile, (time, seq)) AS profile,
    arg_min(page, (time, seq)) FILTER (name = 0) AS entry_page,
    arg_max(page, (time, seq)) FILTER (name = 0) AS exit_page
FROM numbered GROUP BY visitor, session
"""
BY_VALUE = """
SELECT {value}, count(DISTINCT visitor), count(*), sum(pageviews),
    count(*) FILTER (pageviews = 1 AND events = 0), sum(finish - start),
    quantile_cont(finish - start, 0.5)
FROM sessions GROUP BY 1
"""


def load(partition, database):
    rows = sqlite3.connect(f"file:{partition}?mode=ro", uri=True).execute(
        "SELECT seq, visitor, time, name, page, acquisition, profile FROM event")
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
        for row in rows:
            file.write(",".join(map(str, row)) + "\n")
        file.flush()
        kinds = {name: "BIGINT" for name in (
            "seq", "visitor", "time", "name", "page", "acquisition", "profile")}
        with duckdb.connect(database) as connection:
            connection.execute(
                f"CREATE TABLE event AS SELECT * FROM read_csv('{file.name}', "
                f"header = false, columns = {kinds})")


def fold(database):
    with duckdb.connect(database) as connection:
        connection.execute("SET threads = 1")
        connection.execute(SESSIONS)
        for value in ("acquisition", "profile", "entry_page", "exit_page"):
            connection.execute(BY_VALUE.format(value=value)).fetchall()
        connection.execute("SELECT page, count(*), count(DISTINCT visitor) FROM event "
                           "WHERE name = 0 GROUP BY 1").fetchall()
        sessions = connection.execute("SELECT count(*) FROM sessions").fetchone()[0]
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(f"{usage.ru_utime + usage.ru_stime:.3f} {usage.ru_maxrss / 1024:.0f} {sessions}")


{"load": load, "fold": fold}[sys.argv[1]](*sys.argv[2:])
