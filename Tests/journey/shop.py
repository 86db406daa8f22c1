"""A three-page test shop that embeds the real tracker, for any host name that leads to it.

The site that a page counts for is the host by which it was asked for, so that each part of the
journey has a site, and with it a visitor and books, of its own.
"""

import http.server
import threading

PAGES = {
    "/": ("Home", '<a id="on" href="/products.html">Products</a>'),
    "/products.html": (
        "Products",
        '<button id="on" onclick="history.pushState({}, \'\', \'/products/lamp\');'
        "document.title = 'Lamp'\">The lamp</button>",
    ),
    "/products/lamp": ("Lamp", ""),
}

PAGE = """<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>{title}</title>
    <link rel="icon" href="data:,">
    {embedded}
  </head>
  <body>
    <h1>{title}</h1>
    {body}
    <p style="height: 3000px">A long text.</p>
  </body>
</html>
"""

# The two lines of the README, one for each kind of browser.
EMBEDDED = """<script defer data-site="{site}"{api} src="{collector}/footfall.js"></script>
    <noscript><img src="{collector}/pixel.gif?d={site}" alt=""
      referrerpolicy="no-referrer-when-downgrade"></noscript>"""


class Shop:
    """Serves the pages on `port` of this machine until closed."""

    def __init__(self, port, collector, dead_collector):
        self.port = port
        shop = {"collector": collector, "dead": dead_collector}
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler(shop))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self, host, path="/"):
        return f"http://{host}:{self.port}{path}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def handler(shop):
    """A request handler; `elsewhere.test` embeds nothing, `broken.test` a dead collector."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            path = self.path.split("?")[0]
            if path not in PAGES:
                self.send_error(404)
                return
            title, body = PAGES[path]
            page = PAGE.format(title=title, body=body, embedded=self.embedded()).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def embedded(self):
            site = self.headers["Host"].split(":")[0]
            if site == "elsewhere.test":
                return ""
            api = f' data-api="{shop["dead"]}"' if site == "broken.test" else ""
            return EMBEDDED.format(site=site, api=api, collector=shop["collector"])

        def log_message(self, *_):
            pass

    return Handler
