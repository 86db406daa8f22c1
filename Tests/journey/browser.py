"""Debian's Chromium, made to look like a visitor's browser to the page that it opens."""

import json
import re
import subprocess
from contextlib import contextmanager

USER_AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/{major}.0.0.0 Safari/537.36"
)

# Without it `navigator.webdriver` is true, and the collector drops what such a browser does.
LIKE_A_PERSON = "--disable-blink-features=AutomationControlled"


def launch_arguments(chromium):
    version = subprocess.run(
        [chromium, "--version"], capture_output=True, text=True, timeout=60, check=True).stdout
    major = re.search(r"\d+", version)[0]
    return [
        "--no-sandbox",  # as root in a container there is none to be had
        "--host-resolver-rules=MAP *.test 127.0.0.1",
        # A headless browser's own user agent names itself. It is overridden here and not for a
        # page: a beacon that outlives its page goes out with the browser's own.
        f"--user-agent={USER_AGENT.format(major=major)}",
    ]


@contextmanager
def open_browser(playwright, chromium, like_a_person=True):
    arguments = launch_arguments(chromium) + ([LIKE_A_PERSON] if like_a_person else [])
    browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
    try:
        yield browser
    finally:
        browser.close()


@contextmanager
def open_page(browser, **options):
    """A page in a context of its own; what goes wrong in it is in its `errors`."""
    context = browser.new_context(
        **{
            "timezone_id": "Europe/Riga",
            "locale": "lv-LV",
            "viewport": {"width": 1280, "height": 800},
            **options,
        }
    )
    page = context.new_page()
    page.errors = []
    # Unhandled rejections are page errors, too.
    page.on("pageerror", lambda error: page.errors.append(("page error", str(error), "")))
    page.on("console", lambda line: page.errors.append(
        (line.type, line.text, line.location.get("url", ""))))
    try:
        yield page
    finally:
        context.close()


def beacon(name):
    """A test for the answer to a beacon of that name (`pageview`, an event's …)."""

    def is_it(response):
        request = response.request
        if request.method != "POST" or not response.url.endswith("/api/event"):
            return False
        return json.loads(request.post_data)["n"] == name

    return is_it


def kept(answer):
    """Fails unless the collector took and kept the beacon; returns what was sent."""
    reason = answer.headers.get("footfall-dropped")
    assert answer.status == 202, f"a beacon was answered with {answer.status}"
    assert reason is None, f"a beacon was dropped: {reason}"
    return json.loads(answer.request.post_data)
