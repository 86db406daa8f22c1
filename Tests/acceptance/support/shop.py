"""A made-up Latvian shop: its pages, and the places its visitors come from."""

from dataclasses import dataclass
from itertools import accumulate
from urllib.parse import quote

SITE = "veikals.test"
TIMEZONE = "Europe/Riga"

ADJECTIVES = ["zila", "balta", "liela", "maza", "silta", "skaista", "jauna", "veca", "sarkana",
              "zaļa", "melna", "koka", "lina", "vilnas", "māla"]
NOUNS = ["krūze", "sega", "grāmata", "soma", "cepure", "lampa", "bļoda", "vāze", "josta",
         "šalle", "kaste", "galds"]
SECTIONS = ["/", "/veikals", "/veikals/trauki", "/veikals/apģērbs", "/veikals/mājai", "/par-mums",
            "/piegade", "/kontakti", "/grozs", "/jaunumi", "/meklet/zilas krūzes"]
ASSETS = ["/css/main.css", "/js/shop.js", "/img/logo.svg", "/img/krūze.jpg", "/img/sega.webp",
          "/fonts/inter.woff2", "/favicon.ico", "/img/banner.png", "/img/loading.gif"]
MISSING = ["/wp-login.php", "/.env", "/veca-lapa", "/xmlrpc.php", "/admin"]

PRODUCTS = [f"/prece/{adjective}-{noun}" for noun in NOUNS for adjective in ADJECTIVES]

# An address whose escapes are no UTF-8 stays as it was sent.
NOT_UTF8 = "/veca-saite/%E2%82"


def encoded(path):
    """The path as a browser sends it."""
    return path if path == NOT_UTF8 else quote(path)


class Pages:
    """The shop's pages, with a few that most people see and many that few see."""

    def __init__(self):
        self.paths = [*SECTIONS, *PRODUCTS, NOT_UTF8]
        self.weights = list(accumulate(1 / (place + 2) for place in range(len(self.paths))))

    def any(self, random):
        return random.choices(self.paths, cum_weights=self.weights)[0]


@dataclass(frozen=True)
class Arrival:
    """How a visit begins: the referrer as logged, the query it lands with, and what that means."""

    weight: int
    referrer: str
    query: str
    source: str
    channel: str


NEWSLETTER = "utm_source=newsletter&utm_medium=email&utm_campaign=rudens"

ARRIVALS = [
    Arrival(30, "-", "", "Direct", "Direct"),
    Arrival(20, "https://www.google.com/", "", "Google", "Organic Search"),
    Arrival(12, "https://www.google.lv/", "", "Google", "Organic Search"),
    Arrival(4, "https://www.bing.com/", "", "Bing", "Organic Search"),
    Arrival(3, "https://duckduckgo.com/", "", "DuckDuckGo", "Organic Search"),
    Arrival(6, "https://www.facebook.com/", "", "Facebook", "Organic Social"),
    Arrival(5, "https://l.facebook.com/", "fbclid=IwAR2xExample", "Facebook", "Organic Social"),
    Arrival(5, "https://m.facebook.com/", "", "Facebook", "Organic Social"),
    Arrival(3, "https://www.instagram.com/", "", "Instagram", "Organic Social"),
    Arrival(6, "-", NEWSLETTER, "newsletter", "Email"),
    Arrival(3, "https://mail.saime.example/", NEWSLETTER, "newsletter", "Email"),
    Arrival(4, "https://www.darzi.example/raksti/rozes", "", "darzi.example", "Referral"),
    Arrival(2, r"https://saime.example/?q=\x22soma\x22", "", "saime.example", "Referral"),
    Arrival(4, f"https://{SITE}/veikals", "", "Direct", "Direct"),
    Arrival(2, f"https://www.{SITE}/grozs", "", "Direct", "Direct"),
]
WITHIN = Arrival(0, f"https://{SITE}/veikals", "", "Direct", "Direct")


ARRIVAL_WEIGHTS = list(accumulate(arrival.weight for arrival in ARRIVALS))


def any_arrival(random):
    return random.choices(ARRIVALS, cum_weights=ARRIVAL_WEIGHTS)[0]
