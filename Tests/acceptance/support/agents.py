"""Browsers that people use and robots that visit shops, as they announce themselves.

Each browser stands with what a report should call it. Written by hand in the form that the makers
document; only the versions that matter for telling them apart are varied.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Agent:
    text: str
    browser: str
    os: str
    device: str


WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
MACINTOSH = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"
LINUX = "Mozilla/5.0 (X11; Linux x86_64)"
PHONE = "Mozilla/5.0 (Linux; Android 10; K)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6_1 like Mac OS X) AppleWebKit/605.1.15"
IPAD = "Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15"


def chrome(platform, version, suffix=""):
    return f"{platform} {WEBKIT} Chrome/{version}.0.0.0 {suffix}".rstrip()


def desktops():
    """The four big ones on the three desktop systems, in several versions."""
    for version in (128, 129, 130, 131):
        for platform, system in ((WINDOWS, "Windows"), (MACINTOSH, "macOS"), (LINUX, "Linux")):
            yield Agent(chrome(platform, version, "Safari/537.36"), "Chrome", system, "desktop")
        for suffix, name in ((f"Safari/537.36 Edg/{version}.0.0.0", "Edge"),
                             (f"Safari/537.36 OPR/{version - 16}.0.0.0", "Opera")):
            yield Agent(chrome(WINDOWS, version, suffix), name, "Windows", "desktop")
    for version in (115, 128, 132, 133):
        for platform, system in (
                ("Windows NT 10.0; Win64; x64", "Windows"),
                ("Macintosh; Intel Mac OS X 10.15", "macOS"),
                ("X11; Linux x86_64", "Linux")):
            text = f"Mozilla/5.0 ({platform}; rv:{version}.0) Gecko/20100101 Firefox/{version}.0"
            yield Agent(text, "Firefox", system, "desktop")
    for version in ("16.6", "17.4", "17.6", "18.1"):
        text = (f"{MACINTOSH} AppleWebKit/605.1.15 (KHTML, like Gecko) "
                f"Version/{version} Safari/605.1.15")
        yield Agent(text, "Safari", "macOS", "desktop")


def mobiles():
    """Telephones and tablets."""
    for version in (127, 129, 130, 131):
        yield Agent(
            chrome(PHONE, version, "Mobile Safari/537.36"), "Chrome", "Android", "mobile")
    for version in ("16.6", "17.5", "17.6", "18.0"):
        tail = f"(KHTML, like Gecko) Version/{version} Mobile/15E148 Safari/604.1"
        yield Agent(f"{IPHONE} {tail}", "Safari", "iOS", "mobile")
        yield Agent(f"{IPAD} {tail}", "Safari", "iOS", "tablet")
    for version in (25, 26):
        text = (f"{PHONE} {WEBKIT} SamsungBrowser/{version}.0 Chrome/121.0.0.0 "
                "Mobile Safari/537.36")
        yield Agent(text, "Samsung Internet", "Android", "mobile")
    for version in (131, 132):
        text = (f"Mozilla/5.0 (Android 14; Mobile; rv:{version}.0) Gecko/{version}.0 "
                f"Firefox/{version}.0")
        yield Agent(text, "Firefox", "Android", "mobile")
    yield Agent(
        f"{IPHONE} (KHTML, like Gecko) CriOS/130.0.6723.90 Mobile/15E148 Safari/604.1",
        "Chrome", "iOS", "mobile")


BROWSERS = [*desktops(), *mobiles()]
CHROME = BROWSERS[0]

ROBOTS = [
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
    "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; "
    "+https://openai.com/gptbot)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "curl/8.5.0",
    "python-requests/2.31.0",
    "Go-http-client/1.1",
]
