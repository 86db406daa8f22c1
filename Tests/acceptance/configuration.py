#!/usr/bin/env python3
"""The settings: where they come from, which goes first, and what is said of wrong ones.

    configuration.py BINARY
"""

import os
import subprocess

from support.beacons import TRUSTED, kept, pageview, send
from support.commands import SITE, prepared, refused
from support.footfall import Footfall, Server, free_port, poll
from support.options import run_test
from support.wire import Connection

# Files that set nothing.
EMPTY = ["", "\n", "# port: 8080\n", "---\n", "~\n", "retention:\n  # raw: 30d\n", "{}\n"]

# What is wrong with a file: its text, and words of what has to be said of it.
WRONG = [
    ("client-address-header: null\n", ["client-address-header", "line 1", "no value"]),
    ("host:\n", ["host", "no value"]),
    ("# which\nhost: [a, b]\n", ["host", "line 2", "one value"]),
    ("port: [8080]\n", ["port", "one value"]),
    ("trusted-proxy: [[10.0.0.1]]\n", ["trusted-proxy", "list"]),
    ("trusted-proxy: [10.0.0.1, ~]\n", ["trusted-proxy", "list"]),
    ("trusted-proxy: [10.0.0.1, nekas]\n", ["trusted-proxy", "nekas"]),
    ("trusted_proxy: 10.0.0.1\n", ["trusted_proxy", "did you mean trusted-proxy"]),
    ("retention:\n  raww: 5d\n", ["retention.raww", "line 2", "did you mean retention.raw"]),
    ("retention.raw: 5 days\n", ["retention.raw", "5 days"]),
    ("retention: 30d\n", ["retention", "line 1", "retention.raw, retention.rollups"]),
    ("port: {tcp: 1}\n", ["port.tcp", "no such setting"]),
    ("kurpes: 42\n", ["kurpes", "serve --help"]),
    ("- port\n", ["footfall.yaml", "keys and values"]),
    ("port\n", ["footfall.yaml", "keys and values"]),
    ("port: 1\nport: 2\n", ["footfall.yaml", "port"]),
]


def write(footfall, text):
    with open(os.path.join(footfall.data, "footfall.yaml"), "w", encoding="utf-8") as file:
        file.write(text)


def all_faults_at_once(checks, bench):
    footfall = prepared(bench)
    write(footfall, "port: abc\nprot: 8081\n")
    outcome = footfall.run("serve", environment={"FOOTFALL_TRUSTED_PROXY": "nekads"}, timeout=60)
    refused(checks, "several faults", outcome, (1, 64), "port", "abc", "prot", "nekads")
    write(footfall, "port: [1\n  :")
    outcome = footfall.run("serve", timeout=60)
    refused(checks, "a file that is no YAML", outcome, (1, 64), "footfall.yaml")


def flags_over_environment_over_file(checks, bench):
    footfall = prepared(bench)
    in_file, in_environment, in_flag = (free_port() for _ in range(3))
    write(footfall, f"port: {in_file}\n")
    environment = {"FOOTFALL_PORT": str(in_environment)}
    with Server(footfall, port=in_flag, environment=environment) as server:
        checks.equal("the flag", 200, server.request("GET", "/healthz").status)
    for title, port, given in (("the environment", in_environment, environment),
                               ("the file", in_file, {})):
        process = footfall.start("serve", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                 env=footfall.environment | given)
        try:
            checks.check(title, answers(port))
        finally:
            process.terminate()
            process.wait(30)


def answers(port):
    """Whether a server comes up on this port within half a minute."""
    def healthy():
        try:
            with Connection("127.0.0.1", port) as connection:
                return connection.request("GET", "/healthz").status == 200
        except OSError:
            return False

    return poll(healthy, 30)


def an_empty_file_sets_nothing(checks, bench):
    footfall = prepared(bench)
    for text in EMPTY:
        write(footfall, text)
        outcome = footfall.run("site", "list")
        checks.equal(f"{text!r}: exit code", (0, ""), (outcome.status, outcome.stderr))


def each_fault_is_named_with_its_mend(checks, bench):
    footfall = prepared(bench)
    for text, words in WRONG:
        write(footfall, text)
        refused(checks, repr(text), footfall.run("site", "list"), (64,), *words)
    write(footfall, "trusted-proxy: [[10.0.0.1]]\nhost: [a]\nprot: 1\nport: x\n")
    refused(checks, "all at once", footfall.run("site", "list"), (64,),
            "trusted-proxy", "host", "prot", "'x'")


def values_may_be_written_in_several_ways(checks, bench):
    footfall = prepared(bench)
    for text in ("port: \"8080\"\n", "retention:\n  raw: 40d\n", "retention.raw: 40d\n",
                 "trusted-proxy: 10.0.0.0/8\n", "trusted-proxy:\n  - 10.0.0.1\n  - \"::1\"\n",
                 "trusted-proxy: []\n", "port: 8080 # here\n"):
        write(footfall, text)
        checks.equal(repr(text), 0, footfall.run("site", "list").status)


def misspelt_variables_are_told(checks, bench):
    footfall = prepared(bench)
    for name, near in (("FOOTFALL_PRT", "FOOTFALL_PORT"), ("FOOTFALL_DTA", "FOOTFALL_DATA"),
                       ("FOOTFALL_RETENTION_RAWS", "FOOTFALL_RETENTION_RAW"),
                       ("FOOTFALL_SHOES", "serve --help")):
        refused(checks, name, footfall.run("site", "list", environment={name: "1"}), (64,),
                name, near)
    for name in ("FOOTFALL_DATA", "FOOTFALL_TEST_ANYTHING", "FOOTFALL_BENCH_CLOSE",
                 "FOOTFALL_SEEDS", "XFOOTFALL_PORT"):
        outcome = footfall.run("site", "list", environment={name: "1"})
        checks.equal(f"{name} is no setting, and no fault", 0, outcome.status)


def relative_paths_are_of_the_data_folder(checks, bench):
    """Wherever a command is started: serve, cron and a shell must mean the same salts."""
    footfall = prepared(bench)
    write(footfall, "secret: sali/te\n")
    salts, here = os.path.join(footfall.data, "sali", "te"), bench.folder()
    with Server(footfall, TRUSTED, cwd=here) as server, server.connect() as connection:
        checks.check("a beacon is kept",
                     kept(send(connection, pageview(f"https://{SITE}/"), "198.51.100.1")))
        made = [name for name in os.listdir(salts) if name.endswith(".salt")]
        checks.equal("its salt is below the data folder", 1, len(made))
        outcome = footfall.run_plain(
            "aggregate", "--format", "json", "--data", footfall.data, folder=bench.folder())
        checks.check("another command finds it", '"oldest_salt":"2' in outcome.stdout,
                     outcome.said)
    checks.equal("nothing is left where it was started", [], os.listdir(here))
    inside = Footfall(bench.binary, os.path.basename(footfall.data))
    outcome = inside.run_plain("site", "list", "--data", inside.data,
                               folder=os.path.dirname(footfall.data))
    checks.equal("a data folder that is relative itself", 0, outcome.status)
    checks.equal("has its salts in it", made, [
        name for name in os.listdir(salts) if name.endswith(".salt")])


if __name__ == "__main__":
    run_test(__file__, __doc__, [
        all_faults_at_once,
        an_empty_file_sets_nothing,
        each_fault_is_named_with_its_mend,
        values_may_be_written_in_several_ways,
        misspelt_variables_are_told,
        relative_paths_are_of_the_data_folder,
        flags_over_environment_over_file,
    ])
