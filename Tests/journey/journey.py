#!/usr/bin/env python3
"""The real-browser journey: a visit to a shop that embeds the tracker, seen again by its owner.

    journey.py BINARY [--chromium PATH] [--screenshots FOLDER]

Starts the real collector on an empty data folder and a small shop beside it, lets a real browser
go through them, and asks the product's own commands what happened. The last line is
`N passed, N failed`; ends with 0 if all is as it was lived, else with 1.
"""

import argparse
import shutil
import sys
import tempfile
import traceback
from datetime import datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Error as BrowserError
from playwright.sync_api import sync_playwright

import parts
from browser import open_browser
from product import Footfall, free_port
from shop import Shop

SITES = ["shop.test", "letter.test", "pixel.test", "robot.test", "demo.test"]


class Outcome:
    """Runs the journey's parts and counts them; one that fails does not stop the others."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def of(self, part, *arguments):
        """What the part returns; nothing if it failed."""
        name = part.__name__.replace("_", " ")
        try:
            result = part(*arguments)
        except (AssertionError, BrowserError) as failure:
            self.failed += 1
            print(f"FAILED: {name}: {failure}", flush=True)
            return None
        except Exception:  # an answer of another shape: a missing key, no JSON
            self.failed += 1
            print(f"FAILED: {name}:\n{traceback.format_exc()}", flush=True)
            return None
        self.passed += 1
        print(f"ok: {name}", flush=True)
        return result


def zone_away_from_midnight(now):
    """Riga's, unless its midnight is so near that the visit could fall on two local days."""
    for name in ("Europe/Riga", "Asia/Tokyo"):
        local = now.astimezone(ZoneInfo(name))
        if (local + timedelta(minutes=10)).date() == (local - timedelta(minutes=1)).date():
            return name
    raise AssertionError("two zones seven hours apart have midnight at once")


def start(footfall, zone):
    for site in SITES:
        footfall.run("site", "add", site, "--timezone", zone)
    footfall.serve()
    return True


def journey(outcome, footfall, shop, chromium, screenshots):
    """Every part in order; each has a site of its own, so none sees another's figures."""
    zone = zone_away_from_midnight(datetime.now(timezone.utc))
    if not outcome.of(start, footfall, zone):
        return
    with sync_playwright() as playwright:
        with open_browser(playwright, chromium) as browser:
            moments = outcome.of(parts.visit, browser, footfall, shop)
            if moments:
                outcome.of(parts.owner_sees_the_visit, footfall, moments, ZoneInfo(zone))
            outcome.of(parts.newsletter_and_event, browser, footfall, shop)
            outcome.of(parts.without_scripts, browser, footfall, shop)
            outcome.of(parts.collector_out_of_reach, browser, shop)
            outcome.of(parts.demo, browser, footfall, screenshots)
            if screenshots:
                outcome.of(parts.picture_of_dashboard, browser, footfall, screenshots)
        with open_browser(playwright, chromium, like_a_person=False) as robot:
            outcome.of(parts.scripted_browser, robot, footfall, shop)
    outcome.of(footfall.stop)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary", type=Path, help="the footfall binary")
    parser.add_argument("--chromium", default=shutil.which("chromium"), help="the browser")
    parser.add_argument("--screenshots", type=Path, help="folder for pictures to look at")
    given = parser.parse_args()
    if not given.chromium:
        parser.error("no chromium found: apt-get install chromium, or name one with --chromium")
    if given.screenshots:
        given.screenshots.mkdir(parents=True, exist_ok=True)

    outcome = Outcome()
    with tempfile.TemporaryDirectory(prefix="footfall-journey-") as folder:
        footfall = Footfall(given.binary.resolve(), folder)
        dead = f"http://stats.test:{free_port()}/api/event"  # nobody listens there
        shop = Shop(free_port(), footfall.url("", host="stats.test"), dead)
        try:
            journey(outcome, footfall, shop, given.chromium, given.screenshots)
        finally:
            footfall.kill()
            shop.close()
        if outcome.failed and footfall.log.exists():
            print(f"--- the collector said:\n{footfall.said()}---")
    print(f"{outcome.passed} passed, {outcome.failed} failed")
    return 1 if outcome.failed else 0


if __name__ == "__main__":
    sys.exit(main())
