"""The command line that all acceptance tests share."""

import argparse
import os
import sys
import tempfile

from support.report import Checks


class Bench:
    """What a test has at hand: the binary's path, the options, and folders that vanish after it."""

    def __init__(self, options):
        self.binary = os.path.abspath(options.binary)
        self.long = options.long
        self.seed = options.seed
        self.options = options
        self.folders = []

    def folder(self):
        """A new empty folder."""
        made = tempfile.TemporaryDirectory(prefix="footfall-acceptance-")
        self.folders.append(made)
        return made.name

    def clean(self):
        for made in self.folders:
            made.cleanup()


def run_test(file, description, scenarios, add_options=lambda parser: None):
    """The main function of a test: parses the command line, runs each scenario, tells the count.

    A scenario is a function of (checks, bench). Does not return.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("binary", help="the footfall binary to drive")
    parser.add_argument("--long", action="store_true", help="larger inputs and more rounds")
    parser.add_argument("--seed", type=int, default=1, help="for all that is random")
    parser.add_argument("--only", help="run the scenarios whose name contains this")
    add_options(parser)
    options = parser.parse_args()
    name = os.path.splitext(os.path.basename(file))[0]
    checks, bench = Checks(name), Bench(options)
    if not os.access(bench.binary, os.X_OK):
        parser.error(f"{bench.binary} is no program that can be run")
    print(f"{name}: seed {bench.seed}")
    try:
        for scenario in scenarios:
            if not options.only or options.only in scenario.__name__:
                checks.scenario(scenario, bench)
    finally:
        bench.clean()
    sys.exit(checks.finish())
