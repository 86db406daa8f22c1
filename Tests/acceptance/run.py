#!/usr/bin/env python3
"""Runs the acceptance tests against a footfall binary, and the tests of their own parts first.

    run.py BINARY [--long] [--seed 1] [NAME …]

Ends with the plain line `N passed, N failed`; exit code 1 if anything failed.
"""

import argparse
import os
import re
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = [
    "http_contract", "http_visitors", "http_routes", "command_line", "configuration", "sites",
    "import_rules", "import_days", "places", "reports", "channels", "events", "retention", "rotation",
    "live_truth", "canary",
    "sync_order", "kill_nine", "disk_faults", "file_faults", "lock_faults", "clock_faults",
    "hostile_requests", "hostile_values", "hostile_clients", "operated", "restart", "import_truth",
]
LAST_LINE = re.compile(r"^(\d+) passed, (\d+) failed$", re.MULTILINE)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("binary")
    parser.add_argument("names", nargs="*", metavar="NAME", help="some of: " + ", ".join(TESTS))
    parser.add_argument("--long", action="store_true", help="larger inputs and more rounds")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    unknown = [name for name in chosen.names if name not in TESTS]
    if unknown:
        parser.error(f"no such test: {', '.join(unknown)}")
    results = {} if chosen.names else {"own parts": own_parts()}
    for name in chosen.names or TESTS:
        results[name] = run(name, chosen)
    print("\n" + "\n".join(
        f"{name:16} {passed:6} passed {failed:6} failed {seconds:7.1f} s"
        for name, (passed, failed, seconds) in results.items()))
    failed = sum(result[1] for result in results.values())
    print(f"{sum(result[0] for result in results.values())} passed, {failed} failed")
    sys.exit(1 if failed else 0)


def run(name, chosen):
    """One test as a process of its own; gives (passed, failed, seconds)."""
    command = [sys.executable, os.path.join(HERE, f"{name}.py"), chosen.binary,
               "--seed", str(chosen.seed), *(["--long"] if chosen.long else [])]
    return counted(name, command)


def own_parts():
    """The unit tests of the generator, the model and the checkers."""
    command = [sys.executable, "-m", "unittest", "discover", "-s", os.path.join(HERE, "unit"),
               "-t", HERE]
    began = time.monotonic()
    finished = subprocess.run(command, capture_output=True, text=True, check=False, cwd=HERE)
    ran = re.search(r"^Ran (\d+) test", finished.stderr, re.MULTILINE)
    if finished.returncode != 0:
        print(finished.stderr)
    failed = int(finished.returncode != 0)
    return (int(ran.group(1)) if ran else 0) - failed, failed, time.monotonic() - began


def counted(name, command):
    """Runs a command, shows its output as it comes, and reads its counts from the last line."""
    print(f"--- {name}", flush=True)
    began, said = time.monotonic(), []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          cwd=HERE, env=os.environ | {"PYTHONUNBUFFERED": "1"}) as process:
        for line in process.stdout:
            print(line, end="", flush=True)
            said.append(line)
    found = LAST_LINE.findall("".join(said))
    passed, failed = map(int, found[-1]) if found else (0, 1)
    if process.returncode != 0 and failed == 0:
        failed = 1  # it says that all is well, and its exit code says it is not
    return passed, failed, time.monotonic() - began


if __name__ == "__main__":
    main()
