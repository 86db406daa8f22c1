"""Access logs as nginx and Apache write them: lines, damage, rotation and compression."""

import gzip
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from support.agents import CHROME
from support.footfall import today_in
from support.shop import TIMEZONE
from support.truth import local_seconds

MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
ADDRESS = "81.198.10.20"  # of a request that says no other
ROTATION_CLOCK = "06:25"  # when Debian's cron.daily rotates logs


@dataclass(frozen=True)
class Request:
    """One line's content. `written` is when the server wrote it: at the end of the request."""

    time: int
    written: int
    address: str
    agent: str
    method: str
    target: str
    status: int
    referrer: str = "-"


@dataclass(frozen=True)
class Damage:
    """A line that no parser can read, and when it was written."""

    written: int
    data: bytes


def line(request, zone, form="combined"):
    """The request as one line of bytes, without its end."""
    moment = datetime.fromtimestamp(request.time, zone)
    stamp = f"{moment.day:02}/{MONTHS[moment.month - 1]}/{moment:%Y:%H:%M:%S %z}"
    size = "-" if request.status == 304 else str(200 + len(request.target) * 37)
    version = "HTTP/2.0" if request.time % 3 else "HTTP/1.1"
    text = (f'{request.address} - - [{stamp}] "{request.method} {request.target} {version}" '
            f"{request.status} {size}")
    if form == "combined":
        text += f' "{request.referrer}" "{request.agent}"'
    return text.encode()


def rendered(entries, zone, form="combined"):
    """The lines of a log, damaged ones among them, in the order in which they were written.

    Every second file in a row of rotated ones may come from a server that logs in UTC, hence
    `zone` as a function of the time of writing.
    """
    return [
        entry.data if isinstance(entry, Damage) else line(entry, zone(entry.written), form)
        for entry in entries
    ]


def server_zone(home):
    """Servers log local time, and sometimes UTC: here by weeks."""
    local, universal = ZoneInfo(home), ZoneInfo("UTC")
    return lambda written: universal if (written // 604800) % 2 else local


def rotated(entries, home):
    """Entries in files by date as logrotate cuts them, oldest first, as [(name, entries)].

    The newest two are plain, the older ones compressed.
    """
    groups = {}
    for entry in entries:
        moment = datetime.fromtimestamp(entry.written, ZoneInfo(home))
        day = moment.toordinal() - (f"{moment:%H:%M}" < ROTATION_CLOCK)
        groups.setdefault(day, []).append(entry)
    ordered = [groups[day] for day in sorted(groups)]
    return [(file_name(len(ordered) - 1 - place), group) for place, group in enumerate(ordered)]


def file_name(age):
    if age == 0:
        return "access.log"
    return f"access.log.{age}" + (".gz" if age > 1 else "")


def write(folder, name, lines):
    """Writes lines to a file, compressed if its name says so; gives its path."""
    path = os.path.join(folder, name)
    data = b"".join(entry + b"\n" for entry in lines)
    with open(path, "wb") as file:
        file.write(gzip.compress(data, 6) if name.endswith(".gz") else data)
    return path


def day_before(count, zone=TIMEZONE):
    """The date so many days before today."""
    return (today_in(zone) - timedelta(days=count)).isoformat()


def request(day, clock, page="/", zone=TIMEZONE, **more):
    """A line's content for a wall-clock time; `more` are fields of Request."""
    time = local_seconds(zone, day, clock)
    given = {"address": ADDRESS, "agent": CHROME.text, "method": "GET", "status": 200,
             "target": page, "written": time} | more
    return Request(time=time, **given)


def log_file(bench, requests, name="access.log", zone=TIMEZONE, form="combined"):
    """A log of these requests in a folder of its own; gives its path."""
    return write(bench.folder(), name, [line(one, ZoneInfo(zone), form) for one in requests])
