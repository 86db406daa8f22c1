#!/usr/bin/env python3
"""Places by addresses from a file in MaxMind's format, tables and lists of the owner's.

    places.py BINARY
"""

import os
import random
import re
import signal

from support import mmdb, shop
from support.agents import CHROME
from support.beacons import TRUSTED, pageview, send
from support.footfall import Footfall, calm_zone, poll, value_rows
from support.logfiles import day_before, log_file, request
from support.options import run_test

SITE, ZONE = shop.SITE, shop.TIMEZONE
RIGA, TALLINN, HAMBURG, UNKNOWN = "81.198.3.4", "2001:db8::5", "192.0.2.7", "198.51.100.9"
PLACES = {
    "81.198.0.0/16": mmdb.place("LV", "Rīga", "Rīga"),
    "2001:db8::/32": mmdb.place("EE", "Harjumaa", "Tallinn"),
    "192.0.2.0/24": mmdb.place("DE", "Hamburg", "Hamburg")}


def explained(footfall, ip, *settings):
    """Country, region and city of one beacon whose browser is in Paris."""
    line = '{"url":"https://%s/","ip":"%s","tz":"Europe/Paris"}\n' % (SITE, ip)
    answer = footfall.run("explain", stdin=line.encode(), environment=dict(settings))
    match = re.search(r'"country":(\S+?),"region":(.+?),"city":(.+?),"language"', answer.stdout)
    return tuple(part.strip('"') for part in match.groups()) if match else answer


def lookups(checks, bench):
    footfall = Footfall(bench.binary, bench.folder())
    footfall.add_site(SITE, ZONE)
    path = os.path.join(bench.folder(), "places.mmdb")
    mmdb.write(path, PLACES)
    database, city = ("FOOTFALL_GEO_DATABASE", path), ("FOOTFALL_GEO_CITY", "yes")
    for ip, expected in ((RIGA, ("LV", "Rīga, LV", "Rīga, LV")),
                         (TALLINN, ("EE", "Harjumaa, EE", "Tallinn, EE")),
                         (UNKNOWN, ("FR", "null", "null"))):
        checks.equal(f"{ip}, with cities", expected, explained(footfall, ip, database, city))
        checks.equal(f"{ip}", expected[:2] + ("null",), explained(footfall, ip, database))
        checks.equal(f"{ip}, without a database", ("FR", "null", "null"), explained(footfall, ip))
    mmdb.write(path, {"192.0.2.0/24": mmdb.place("DE")}, kind="IPv4", version=4)
    checks.equal("a database of IPv4", ("DE", "null", "null"), explained(footfall, HAMBURG, database))
    checks.equal("knows no IPv6", ("FR", "null", "null"), explained(footfall, TALLINN, database))


def damaged_files(checks, bench):
    """Each is refused by name, or read; none ends the program by a signal."""
    footfall = Footfall(bench.binary, bench.folder())
    footfall.add_site(SITE, ZONE)
    path = os.path.join(bench.folder(), "places.mmdb")
    whole = mmdb.contents(PLACES)
    no_countries = mmdb.contents({"192.0.2.0/24": {"autonomous_system_number": "AS64500"}})
    generator = random.Random(20_261_123)
    cases = [("empty", b""), ("no database", b"#!/bin/sh\n" * 400), ("no countries", no_countries)]
    cases += [(f"cut at {end}", whole[:end]) for end in range(0, len(whole), len(whole) // 12)]
    refused = 0
    for number in range(40):
        broken = bytearray(whole)
        for _ in range(1 + number % 4):
            broken[generator.randrange(len(broken))] = generator.randrange(256)
        cases.append((f"bytes changed, {number}", bytes(broken)))
    for name, content in cases:
        with open(path, "wb") as file:
            file.write(content)
        ran = footfall.run("explain", "--url", f"https://{SITE}/", "--ip", RIGA,
                           environment={"FOOTFALL_GEO_DATABASE": path})
        checks.check(f"{name}: no crash", ran.status in (0, 64), ran)
        if ran.status:
            refused += 1
            checks.contains(f"{name}: named", ran.stderr, path)
    checks.check("most are refused", refused > len(cases) // 3, refused)
    for name, make in (("a pipe", os.mkfifo), ("a folder", os.mkdir)):
        os.remove(path)
        make(path)
        ran = footfall.run("explain", "--url", f"https://{SITE}/", timeout=20,
                           environment={"FOOTFALL_GEO_DATABASE": path})
        checks.equal(f"{name}: refused at once", 64, ran.status)
        checks.contains(f"{name}: why", ran.stderr, "is no file of up to 4 GB")
        (os.remove if name == "a pipe" else os.rmdir)(path)
        write(footfall, path, "")
    endless = footfall.run("explain", "--url", f"https://{SITE}/", timeout=20,
                           environment={"FOOTFALL_GEO_DATABASE": "/dev/zero"})
    checks.equal("a file without end", 64, endless.status)
    # Maps that point twice to the one before: all of it would be 2^40 entries.
    laughs = mmdb.contents({"192.0.2.0/24": mmdb.Laughs(40) | mmdb.place("DE")})
    with open(path, "wb") as file:
        file.write(laughs)
    checks.equal("more than any memory", ("DE", "null", "null"),
                 explained(footfall, HAMBURG, ("FOOTFALL_GEO_DATABASE", path)))
    missing = footfall.run("explain", "--url", f"https://{SITE}/",
                           environment={"FOOTFALL_GEO_DATABASE": "/nowhere/places.mmdb"})
    checks.equal("one that is not there", 64, missing.status)
    checks.contains("is named", missing.stderr, "/nowhere/places.mmdb")
    checks.equal("nothing is left behind", [], [
        name for name in os.listdir(footfall.data) if name.startswith("geo-database")])


def while_it_runs(checks, bench):
    """The collector reads database, tables and lists at its start and again on SIGHUP."""
    footfall = Footfall(bench.binary, bench.folder())
    footfall.add_site(SITE, calm_zone())
    path = os.path.join(footfall.data, "places.mmdb")
    mmdb.write(path, PLACES)
    with footfall.serve("--geo-database", "places.mmdb", "--geo-city", "yes", *TRUSTED) as server:
        for address in (RIGA, TALLINN, UNKNOWN):
            checks.equal(f"from {address}", 202, visit(server, address).status)
        # Overwritten in place, as a careless download does, and cut short.
        with open(path, "r+b") as file:
            file.truncate(10)
        checks.equal("while its file is cut", 202, visit(server, HAMBURG).status)
        checks.check("a damaged one is told of", reload(server, "Could not be read again"), server.said())
        checks.equal("and the old one stays", 202, visit(server, "192.0.2.8").status)
        mmdb.write(path, {"192.0.2.0/24": mmdb.place("AT", "Wien", "Wien")})
        write(footfall, "data_centers.txt", "# of the owner\n203.0.113.0/24\n")
        write(footfall, "referrer_spam.txt", "spam.example\n")
        write(footfall, "bots.tsv", "toasterbot\ttoasterbot\tmonitor\tour own\n")
        checks.check("whole again", reload(server, "Read again: the log level, tables"), server.said())
        checks.equal("the new one", None, visit(server, "192.0.2.9").dropped)
        checks.equal("a data centre", "bot", visit(server, "203.0.113.7").dropped)
        checks.equal("spam", "bot", visit(server, RIGA, referrer="https://www.spam.example/x").dropped)
        checks.equal("a table's own row", "bot", visit(server, RIGA, agent="Mozilla/5.0 ToasterBot/1").dropped)
    checks.equal("countries", {"LV": 1, "EE": 1, "DE": 2, "AT": 1, "(none)": 1}, values(footfall, "country"))
    checks.equal("regions", {"Rīga, LV": 1, "Harjumaa, EE": 1, "Hamburg, DE": 2, "Wien, AT": 1, "(none)": 1},
                 values(footfall, "region"))
    checks.equal("cities", {"Rīga, LV": 1, "Tallinn, EE": 1, "Hamburg, DE": 2, "Wien, AT": 1, "(none)": 1},
                 values(footfall, "city"))
    rules = {rule["rule"]: (rule["category"], rule["beacons"])
             for rule in footfall.json("bots", SITE, "--period", "today")["rules"]}
    checks.equal("rules", {"data_center": ("other", 1), "referrer_spam": ("spam", 1), "toasterbot": ("monitor", 1)},
                 rules)
    footfall.must("bots", "allow", SITE, "toasterbot", "data_center")
    checks.equal("no such rule", 64, footfall.run("bots", "allow", SITE, "googlebot").status)
    footfall.must("bots", "disallow", SITE, "toasterbot")
    os.remove(os.path.join(footfall.data, "bots.tsv"))
    footfall.must("bots", "allow", SITE, "toasterbot", "googlebot")


def visit(server, address, agent=CHROME.text, referrer=None):
    more = {"r": referrer} if referrer else {}
    with server.connect() as connection:
        return send(connection, pageview(f"https://{SITE}/", **more), address, agent)


def reload(server, sign):
    before = len(server.said())
    server.process.send_signal(signal.SIGHUP)
    return poll(lambda: sign in server.said()[before:], 20)


def write(footfall, name, text):
    with open(os.path.join(footfall.data, name), "w", encoding="utf-8") as file:
        file.write(text)


def values(footfall, dimension):
    return value_rows(footfall.query(SITE, ["visitors"], "today", dimension), "visitors")


def imported(checks, bench):
    """A log's lines are put through the same lists and places."""
    day = day_before(2)
    footfall = Footfall(bench.binary, bench.folder())
    footfall.add_site(SITE, ZONE)
    mmdb.write(os.path.join(footfall.data, "places.mmdb"), PLACES)
    write(footfall, "footfall.yaml", "geo-database: places.mmdb\n")
    write(footfall, "data_centers.txt", "203.0.113.0/24\n2001:db8:ffff::/48\n")
    write(footfall, "referrer_spam.txt", "https://spam.example/\n")
    footfall.must("import", "log", SITE, log_file(bench, [
        request(day, "10:00:00", "/", address=RIGA), request(day, "10:01:00", "/", address=HAMBURG),
        request(day, "10:02:00", "/", address=UNKNOWN), request(day, "10:03:00", "/", address="203.0.113.7"),
        request(day, "10:04:00", "/", address="2001:db8:ffff::1"),
        request(day, "10:05:00", "/", address="198.51.100.10", referrer="https://spam.example/a")]))
    footfall.must("aggregate")
    answer = footfall.query(SITE, ["visitors"], f"{day}..{day}", "country")
    checks.equal("countries", {"LV": 1, "DE": 1, "(none)": 1}, value_rows(answer, "visitors"))
    checks.equal("bots", {"data_center": 2, "referrer_spam": 1}, {
        rule["rule"]: rule["beacons"]
        for rule in footfall.json("bots", SITE, "--period", f"{day}..{day}")["rules"]})


def faulty_files(checks, bench):
    """A wrong row stops what would go by it, and is named with its line and its mend."""
    footfall = Footfall(bench.binary, bench.folder())
    footfall.add_site(SITE, ZONE)
    for name in ("data_centers.txt", "referrer_spam.txt"):
        write(footfall, name, "")
        checks.equal(f"an empty {name}", 0, footfall.run("explain", "--url", f"https://{SITE}/").status)
        os.remove(os.path.join(footfall.data, name))
    os.symlink("nowhere", os.path.join(footfall.data, "data_centers.txt"))
    checks.equal("a link to nowhere", 64, footfall.run("explain", "--url", f"https://{SITE}/").status)
    os.remove(os.path.join(footfall.data, "data_centers.txt"))
    os.mkfifo(os.path.join(footfall.data, "data_centers.txt"))
    checks.equal("a pipe", 64, footfall.run("bots", SITE, timeout=20).status)
    os.remove(os.path.join(footfall.data, "data_centers.txt"))
    for name, text, line in (
            ("data_centers.txt", "192.0.2.0/24\nhe\x1b[31mre\n", "line 2"),
            ("referrer_spam.txt", "a.example\n\nb c\n", "line 3"),
            ("bots.tsv", "toaster\ttoaster\ttoast\t\n", "line 1"),
            ("browsers.tsv", "x\n", "line 1"), ("sources.tsv", "Quux\tsearching\n", "line 1"),
            ("time_zones.tsv", "Europe/Riga\tXX\n", "line 1")):
        write(footfall, name, text)
        for command in (("explain", "--url", f"https://{SITE}/"), ("serve", "--port", "0"),
                        ("bots", SITE, "--period", "today")):
            ran = footfall.run(*command)
            checks.equal(f"{name}: {command[0]} refuses", 64, ran.status)
            checks.check(f"{name}: {command[0]} moves no cursor", "\x1b" not in ran.stderr)
            checks.contains(f"{name}: {command[0]} names it", ran.stderr, f"{name} {line}")
        doctor = footfall.run("doctor")
        checks.contains(f"{name}: doctor tells", doctor.stdout, f"{name} {line}")
        os.remove(os.path.join(footfall.data, name))


if __name__ == "__main__":
    run_test(__file__, __doc__, [lookups, damaged_files, while_it_runs, imported, faulty_files])
