"""Commands on a small data folder, and what a refusal looks like."""

from support import shop
from support.footfall import Footfall
from support.logfiles import day_before, log_file, request

SITE, ZONE = shop.SITE, shop.TIMEZONE


def prepared(bench, *requests):
    """A data folder with one site, and a pageview of yesterday besides what is given."""
    footfall = Footfall(bench.binary, bench.folder())
    footfall.add_site(SITE, ZONE)
    lines = [*requests, request(day_before(1), "10:00:00", "/vakar")]
    footfall.must("import", "log", SITE, log_file(bench, lines))
    footfall.must("aggregate")
    return footfall


def refused(checks, title, outcome, statuses=(64,), *words):
    """A refusal: its exit code, nothing on standard output, and what it says on standard error."""
    checks.one_of(f"{title}: exit code", statuses, outcome.status)
    checks.equal(f"{title}: standard output", "", outcome.stdout)
    checks.contains(f"{title}: says why", outcome.stderr, *(words or (" ",)))
