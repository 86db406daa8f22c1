"""How many user agents and referrers `footfall explain` takes for what others labelled them.

    accuracy.py BINARY [-v]        -v lists what is not as labelled
"""

import glob
import importlib.util
import json
import os
import subprocess
import sys

import yaml

# Other words for what Footfall calls otherwise; without a row a name is its own.
BROWSERS = {
    "Mobile Safari": "Safari", "Chrome Mobile": "Chrome", "Chrome Mobile iOS": "Chrome",
    "Edge Mobile": "Edge", "Firefox Mobile": "Firefox", "Firefox iOS": "Firefox",
    "Google": "Google App", "Opera Mobile": "Opera", "DuckDuckGo Mobile": "DuckDuckGo"}
SYSTEMS = {
    "Mac OS X": "macOS", "Mac": "macOS", "Ubuntu": "Linux", "GNU/Linux": "Linux",
    "Chrome OS": "ChromeOS", "Fire OS": "Android", "Android TV": "Android"}
DEVICES = {
    "smartphone": "mobile", "phablet": "mobile", "feature phone": "mobile", "mobile": "mobile",
    "tablet": "tablet", "desktop": "desktop", "tv": "tv", "console": "console"}


def files(package, pattern):
    folder = os.path.dirname(importlib.util.find_spec(package).origin)
    return sorted(glob.glob(os.path.join(folder, pattern)))


def explained(binary, member, texts):
    asked = "".join(json.dumps({"url": "https://shop.example/", member: text}) + "\n" for text in texts)
    done = subprocess.run([binary, "explain"], input=asked, capture_output=True, text=True, check=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(texts)
    return answers


def crawlers():
    (path,) = files("crawleruseragents", "crawler-user-agents.json")
    with open(path, encoding="utf-8") as file:
        return [(agent, {"kept": False}) for entry in json.load(file) for agent in entry["instances"]]


def visitors():
    (path,) = files("fake_useragent", "data/browsers.jsonl")
    with open(path, encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return [(row["useragent"], {
        "kept": True, "browser": BROWSERS.get(row["browser"], row["browser"]),
        "os": SYSTEMS.get(row["os"], row["os"]), "device": DEVICES[row["type"]]}) for row in rows]


def devices():
    """Bots, and what shows pages to people; names of its own apart from Footfall's are not compared."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    bots, browsers = [], []
    for path in files("device_detector", "tests/fixtures/upstream/*.yml"):
        if "clienthints" in path:
            continue
        with open(path, encoding="utf-8") as file:
            for row in yaml.load(file, Loader=loader):
                agent, client = str(row["user_agent"]), row.get("client")
                if row.get("bot"):
                    bots.append((agent, {"kept": False}))
                elif isinstance(client, dict) and client.get("type") == "browser":
                    system = (row.get("os") or {}).get("name")
                    kind = DEVICES.get((row.get("device") or {}).get("type"))
                    browsers.append((agent, {
                        "kept": True, **({"os": SYSTEMS.get(system, system)} if system else {}),
                        **({"device": kind} if kind else {})}))
    return bots, browsers


def engines():
    (path,) = files("referer_parser", "data/referers.json")
    with open(path, encoding="utf-8") as file:
        names = json.load(file)["search"]
    return [(f"https://{host}/", {"channel": "Organic Search"})
            for engine in names.values() for host in engine["domains"]]


def report(binary, corpus, cases, verbose, asked="user_agent"):
    answers = explained(binary, asked, [text for text, _ in cases])
    titles = {"kept": "people and bots told apart", "browser": "browser", "os": "system",
              "device": "device", "channel": "Organic Search"}
    for member, title in titles.items():
        # What is taken for a bot shows in the first line alone.
        pairs = [(agent, label[member], answer[member])
                 for (agent, label), answer in zip(cases, answers)
                 if member in label and (member in ("kept", "channel") or answer["kept"])]
        if not pairs:
            continue
        right = sum(expected == got for _, expected, got in pairs)
        print(f"{corpus:32} {title:28} {right:7,} of {len(pairs):7,}  {100 * right / len(pairs):6.2f} %")
        if verbose:
            for agent, expected, got in pairs:
                if expected != got:
                    print(f"    expected {expected}, got {got}: {agent}")


def main():
    binary, verbose = sys.argv[1], "-v" in sys.argv[2:]
    bots, browsers = devices()
    for corpus, cases in (("crawler-user-agents 1.67.0", crawlers()), ("device-detector 6.5.1, bots", bots),
                          ("device-detector 6.5.1, browsers", browsers), ("fake-useragent 2.2.0", visitors())):
        report(binary, corpus, cases, verbose)
    report(binary, "referer-parser 0.4.1, search", engines(), verbose, "referrer")


if __name__ == "__main__":
    main()
