#!/usr/bin/env python3
"""What a beacon says of its visitor: who he is, where he comes from, what he uses.

    http_visitors.py BINARY
"""

from urllib.parse import urlencode

from support.agents import BROWSERS
from support.beacons import TRUSTED, kept, pageview
from support.collector import SITE, URL, Case, Collector
from support.options import run_test


def sources_and_places(checks, bench):
    """Who sent the visit, and from which country, by what the beacon says: one visitor each."""
    url = f"https://{SITE}/"
    tagged = urlencode({"utm_source": "newsletter", "utm_medium": "email",
                        "utm_campaign": "rudens", "utm_term": "soma", "utm_content": "poga"})
    arrivals = [
        ("Google", "Organic Search", pageview(url, r="https://www.google.com/")),
        ("Facebook", "Organic Social", pageview(url, r="https://l.facebook.com/")),
        ("newsletter", "Email", pageview(f"{url}?{tagged}")),
        ("Direct", "Direct", pageview(url)),
        ("Direct", "Direct", pageview(url, r=f"https://{SITE}/cita")),
        ("Direct", "Direct", pageview(url, r=f"https://www.{SITE}/cita")),
        ("darzi.example", "Referral", pageview(url, r="https://www.darzi.example/a?b=c")),
        ("Direct", "Direct", pageview(url, r="nav adrese")),
        ("ChatGPT", "AI Assistants", pageview(url, r="https://chatgpt.com/")),
        ("YouTube", "Organic Video", pageview(url, r="https://www.youtube.com/")),
    ]
    with Collector(bench, *TRUSTED) as collector:
        wanted = {"source": {}, "channel": {}}
        for place, (source, channel, body) in enumerate(arrivals):
            case = Case("", body | {"tz": "Europe/Riga" if place % 2 else "America/New_York"},
                        address=f"198.51.100.{place + 20}")
            checks.check(f"{body} is kept", kept(collector.send(case)))
            wanted["source"][source] = wanted["source"].get(source, 0) + 1
            wanted["channel"][channel] = wanted["channel"].get(channel, 0) + 1
        for dimension, counts in wanted.items():
            checks.equal(dimension, counts, collector.rows(dimension, "sessions"))
        checks.equal("country", {"LV": 5, "US": 5}, collector.rows("country", "visitors"))
        for name, value in (("utm_source", "newsletter"), ("utm_medium", "email"),
                            ("utm_campaign", "rudens"), ("utm_term", "soma"),
                            ("utm_content", "poga")):
            checks.equal(name, 1, collector.rows(name, "sessions").get(value))
            checks.equal(f"no {name}", len(arrivals) - 1,
                         collector.rows(name, "sessions").get("(none)"))


def a_paid_click_is_paid_and_its_id_dropped(checks, bench):
    with Collector(bench, *TRUSTED) as collector:
        body = pageview(f"https://{SITE}/?gclid=Cj0KCQiA1ZGcBhCo", r="https://www.google.com/")
        checks.check("kept", kept(collector.send(Case("", body))))
        checks.equal("source", {"Google": 1}, collector.rows("source", "sessions"))
        checks.equal("channel", {"Paid Search": 1}, collector.rows("channel", "sessions"))
        checks.equal("page", {"/": 1}, collector.pages())


def clients(checks, bench):
    with Collector(bench, *TRUSTED) as collector:
        counts = {"browser": {}, "os": {}, "device": {}}
        for agent in BROWSERS:
            checks.check(f"kept: {agent.text}", kept(collector.send(
                Case("", pageview(URL), agent=agent.text))))
            for name, values in counts.items():
                value = getattr(agent, name)
                values[value] = values.get(value, 0) + 1
        for name, values in counts.items():
            checks.equal(name, values, collector.rows(name, "visitors"))
        checks.equal("each is a visitor", (len(BROWSERS),), collector.totals("visitors"))


# Two beacons' addresses as the proxy tells them, and how many visitors they are.
ADDRESSES = [
    ("the same", "198.51.100.7", "198.51.100.7", 1),
    ("another", "198.51.100.7", "198.51.100.8", 2),
    ("what the visitor claims before the proxy's word", "1.1.1.1, 198.51.100.7",
     "2.2.2.2, 198.51.100.7", 1),
    ("past a trusted proxy", "198.51.100.7, 127.0.0.1", "198.51.100.7", 1),
    ("past a trusted proxy, another", "198.51.100.7, 127.0.0.1", "198.51.100.8, 127.0.0.1", 2),
    ("one /64", "2001:db8:1:2::3", "2001:db8:1:2:ffff:1:2:3", 1),
    ("two /64", "2001:db8:1:2::3", "2001:db8:1:3::3", 2),
    ("IPv4 in IPv6", "198.51.100.7", "::ffff:198.51.100.7", 1),
    ("IPv4 by NAT64", "198.51.100.7", "64:ff9b::c633:6407", 1),
    ("spaces and tabs", " 198.51.100.7\t", "198.51.100.7", 1),
    ("no address at all", "unknown", "unknown", 1),
]


def visitors_behind_a_trusted_proxy(checks, bench):
    sites = [f"adrese-{place}.test" for place in range(len(ADDRESSES) + 2)]
    with Collector(bench, *TRUSTED, sites=sites) as collector:
        for site, (title, first, second, visitors) in zip(sites, ADDRESSES):
            for address in (first, second):
                answer = collector.send(Case("", pageview(f"https://{site}/"), address=address))
                checks.check(f"{title}: kept", kept(answer), str(answer))
            checks.equal(title, (visitors,), collector.totals("visitors", site=site))
        lines = (("X-Forwarded-For", "9.9.9.9"), ("X-Forwarded-For", "198.51.100.7"))
        for more in (lines, (("X-Forwarded-For", "198.51.100.7"),)):
            collector.send(Case("", pageview(f"https://{sites[-2]}/"), address=None, headers=more))
        checks.equal("two lines of the header are one list", (1,), collector.totals(
            "visitors", site=sites[-2]))
        for number, name in enumerate(("X-Real-IP", "Forwarded", "CF-Connecting-IP", "Client-IP")):
            collector.send(Case("", pageview(f"https://{sites[-1]}/"), address="198.51.100.7",
                                headers=((name, f"203.0.113.{number}"),)))
        checks.equal("other headers are ignored", (1,), collector.totals(
            "visitors", site=sites[-1]))


def an_untrusted_peer_can_claim_nothing(checks, bench):
    with Collector(bench) as collector:
        for number in range(3):
            collector.send(Case("", pageview(URL), address=f"203.0.113.{number}"))
        checks.equal("one peer is one visitor", (1, 3), collector.totals(
            "visitors", "pageviews"))
    named = ("--client-address-header", "X-Real-IP")
    with Collector(bench, *TRUSTED, *named) as collector:
        for number in range(3):
            collector.send(Case("", pageview(URL), address=f"203.0.113.{number}",
                                headers=(("X-Real-IP", "198.51.100.7"),)))
        checks.equal("only the named header counts", (1,), collector.totals("visitors"))
        collector.send(Case("", pageview(URL), headers=(("X-Real-IP", "198.51.100.8"),)))
        checks.equal("and it does count", (2,), collector.totals("visitors"))


if __name__ == "__main__":
    run_test(__file__, __doc__, [
        sources_and_places,
        a_paid_click_is_paid_and_its_id_dropped,
        clients,
        visitors_behind_a_trusted_proxy,
        an_untrusted_peer_can_claim_nothing,
    ])
