"""Sites that are filled from logs, and what their days have then."""

from support import shop
from support.footfall import Footfall
from support.logfiles import log_file

ZONE = shop.TIMEZONE


def fresh(bench, *sites, zone=ZONE):
    footfall = Footfall(bench.binary, bench.folder())
    for site in sites or (shop.SITE,):
        footfall.add_site(site, zone)
    return footfall


def imported(bench, requests, *options):
    footfall = fresh(bench)
    fill(footfall, log_file(bench, requests), *options)
    return footfall


def fill(footfall, path, *options, site=shop.SITE):
    """Imports a log and aggregates, as the owner does it."""
    footfall.must("import", "log", site, path, *options)
    footfall.must("aggregate")


def totals(footfall, day, site=shop.SITE, metrics=("visitors", "sessions", "pageviews")):
    answer = footfall.query(site, metrics, f"{day}..{day}")["totals"]
    return tuple(answer[metric] for metric in metrics)
