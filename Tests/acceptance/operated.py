#!/usr/bin/env python3
"""What an operator does to a running collector: TLS without a proxy, SIGHUP, a Unix socket.

    operated.py BINARY
"""

import os
import shutil
import signal
import socket
import ssl
import stat
import subprocess

from support.beacons import kept, pageview, send
from support.collector import SITE, URL
from support.footfall import Footfall, Server, poll
from support.options import run_test
from support.wire import Connection

NAME = "stats.test"


class Over(Connection):
    """A connection over a socket that is connected already."""

    def __init__(self, connected):
        self.use(connected)


class SecureServer(Server):
    """A collector that does TLS itself, on a port of 127.0.0.1."""

    def __init__(self, footfall, identity, *more, **options):
        self.identity = identity
        self.authority = identity.certificate_text
        arguments = ["--tls-certificate", identity.certificate, "--tls-key", identity.key, *more]
        super().__init__(footfall, arguments, **options)

    def connect(self, authority=None, version=None):
        """Believes the given certificate alone, which has to be of the name that is asked for."""
        context = ssl.create_default_context(cadata=authority or self.authority)
        if version:
            context.minimum_version = context.maximum_version = version
        plain = socket.create_connection(("127.0.0.1", self.port), 20)
        return Over(context.wrap_socket(plain, server_hostname=NAME))

    def reload(self, *signs):
        """SIGHUP; waits until it says one of these once more."""
        before = [self.said().count(sign) for sign in signs]
        self.process.send_signal(signal.SIGHUP)
        return poll(lambda: any(
            self.said().count(sign) > count for sign, count in zip(signs, before)), 20)


class Identity:
    """A certificate that vouches for itself, with its key, as files."""

    def __init__(self, folder):
        self.certificate = os.path.join(folder, "certificate.pem")
        self.key = os.path.join(folder, "key.pem")
        self.renew()

    def renew(self):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
             "-nodes", "-days", "2", "-subj", f"/CN={NAME}", "-addext",
             f"subjectAltName=DNS:{NAME}", "-keyout", self.key, "-out", self.certificate],
            check=True, capture_output=True)

    @property
    def certificate_text(self):
        with open(self.certificate, encoding="ascii") as file:
            return file.read()


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def new_installation(bench):
    footfall = Footfall(bench.binary, bench.folder())
    footfall.add_site(SITE)
    return footfall


def secure_parts(checks, bench, title):
    """An installation and an identity; None where no certificate can be made."""
    if not shutil.which("openssl"):
        checks.skip(title, "openssl isn't installed")
        return None, None
    return new_installation(bench), Identity(bench.folder())


def serves_with_tls(checks, bench):
    footfall, identity = secure_parts(checks, bench, "TLS")
    if not footfall:
        return
    with SecureServer(footfall, identity, environment={"FOOTFALL_LIMIT_IDLE_TIME": "1s"}) as server:
        checks.contains("it says how it is reached", server.said(), f"https://127.0.0.1:{server.port}")
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            with server.connect(version=version) as connection:
                checks.equal("the version asked for", version.name.replace("_", "."),
                             connection.socket.version())
                checks.check(f"{version.name}: a beacon is kept",
                             kept(send(connection, pageview(URL))))
                checks.equal(f"{version.name}: another request", 200,
                             connection.request("GET", "/footfall.js").status)
        with Connection("127.0.0.1", server.port) as plain:
            plain.send(b"GET /healthz HTTP/1.1\r\nHost: stats.test\r\n\r\n")
            checks.check("plain HTTP is not answered", b"200 OK" not in ended(plain))
        with Connection("127.0.0.1", server.port) as silent:
            checks.equal("who never begins is cut", b"", ended(silent))
        checks.equal("exit code", 0, server.stop())
    checks.equal("what was kept", 2, footfall.books(SITE)["kept"])


def ended(connection):
    """What comes until the server closes, which it has to within the connection's patience."""
    try:
        return connection.read_all()
    except ConnectionResetError:
        return b""


def takes_a_new_certificate(checks, bench):
    footfall, identity = secure_parts(checks, bench, "a new certificate")
    if not footfall:
        return
    with SecureServer(footfall, identity) as server, server.connect() as early:
        old = identity.certificate_text
        checks.check("a beacon before", kept(send(early, pageview(URL))))
        identity.renew()
        checks.check("SIGHUP is answered in the log", server.reload("Read again"), server.said())
        server.authority = identity.certificate_text
        with server.connect() as late:
            checks.check("a new connection has the new one", kept(send(late, pageview(URL))))
        checks.check("and not the old one", is_refused(server, old))
        checks.check("an old connection goes on", kept(send(early, pageview(URL))))


def is_refused(server, authority):
    try:
        server.connect(authority).close()
    except ssl.SSLError:
        return True
    return False


def keeps_the_certificate_when_the_new_one_is_broken(checks, bench):
    footfall, identity = secure_parts(checks, bench, "a broken certificate")
    if not footfall:
        return
    good = identity.certificate_text
    other = Identity(bench.folder())
    faults = {
        "no certificate": lambda: write(identity.certificate, "nonsense\n"),
        "an empty file": lambda: write(identity.certificate, ""),
        "another's certificate": lambda: shutil.copy(other.certificate, identity.certificate),
        "no file": lambda: os.remove(identity.certificate),
    }
    with SecureServer(footfall, identity) as server:
        for title, spoil in faults.items():
            before = len(server.said())
            spoil()
            checks.check(f"{title}: is told", server.reload("Could not be read again"))
            checks.contains(f"{title}: the file is named", server.said()[before:],
                            identity.certificate)
            with server.connect() as connection:
                checks.check(f"{title}: the old one serves", kept(send(connection, pageview(URL))))
        write(identity.certificate, good)
        checks.check("mended, it is read", server.reload("Read again"))
    write(identity.certificate, "nonsense\n")
    outcome = footfall.run("serve", "--tls-certificate", identity.certificate, "--tls-key",
                           identity.key, "--port", "0", timeout=30)
    checks.equal("a start with it: exit code", 64, outcome.status)
    checks.contains("a start with it: the file is named", outcome.stderr, identity.certificate)


def changes_the_log_level(checks, bench):
    footfall = new_installation(bench)
    settings = os.path.join(footfall.data, "footfall.yaml")
    write(settings, "log-level: error\n")
    with footfall.serve() as server:
        quiet = server.said()
        for level, faulty in (("notice", False), ("loud", True), ("info", False)):
            before = len(server.said())
            write(settings, f"log-level: {level}\n")
            server.process.send_signal(signal.SIGHUP)
            sign = "Could not be read again" if faulty else "Read again"
            checks.check(f"{level}: {sign}", poll(lambda: sign in server.said()[before:], 20),
                         server.said())
            if faulty:
                checks.contains("what is wrong is named", server.said()[before:], "log-level")
        before = len(server.said())
        write(settings, "log-level: error\n")
        server.process.send_signal(signal.SIGHUP)
        checks.equal("it serves on", 200, server.request("GET", "/healthz").status)
        checks.equal("at error nothing of it is said", "", server.said()[before:])
        checks.check("nor was at the start", "notice" not in quiet, quiet)


class LocalServer(Server):
    """A collector on a Unix socket."""

    def __init__(self, footfall, path, *more):
        self.path = path
        super().__init__(footfall, ["--socket", path, *more])

    def connect(self):
        return connect_to(self.path)


def connect_to(path):
    connected = socket.socket(socket.AF_UNIX)
    connected.settimeout(20)
    try:
        connected.connect(path)
    except OSError:
        connected.close()
        raise
    return Over(connected)


def serves_a_unix_socket(checks, bench):
    footfall, path = new_installation(bench), os.path.join(bench.folder(), "footfall.socket")
    with LocalServer(footfall, path) as server:
        mode = os.stat(path).st_mode
        checks.check("it is a socket", stat.S_ISSOCK(mode))
        checks.equal("the proxy, another user, may write to it", 0o666, stat.S_IMODE(mode))
        with server.connect() as connection:
            checks.check("a beacon is kept", kept(send(connection, pageview(URL))))
            checks.equal("another request", 200, connection.request("GET", "/healthz").status)
        second = new_installation(bench)
        outcome = second.run("serve", "--socket", path, timeout=30)
        checks.check("another collector on it is refused", outcome.status != 0, outcome.said)
        checks.contains("it says why", outcome.stderr, "another process", path)
        with server.connect() as connection:
            checks.check("the first serves on", kept(send(connection, pageview(URL))))
            for address in ("198.51.100.1", "198.51.100.2"):
                checks.check(f"a beacon from {address}", kept(send(
                    connection, pageview(URL), address)))
        checks.equal("the proxy's word for the addresses is taken: visitors", 2,
                     footfall.query(SITE, ["visitors"], "today")["totals"]["visitors"])
        checks.equal("exit code", 0, server.stop())
    checks.check("the file goes at the end", not os.path.exists(path))


def replaces_what_a_killed_one_left(checks, bench):
    footfall, path = new_installation(bench), os.path.join(bench.folder(), "footfall.socket")
    with LocalServer(footfall, path) as server:
        server.kill(signal.SIGKILL)
        checks.check("a killed one leaves its file", os.path.exists(path))
    with LocalServer(footfall, path) as server, server.connect() as connection:
        checks.check("the next serves", kept(send(connection, pageview(URL))))
    write(path, "a text of somebody's\n")
    outcome = footfall.run("serve", "--socket", path, timeout=30)
    checks.check("a file that is no socket is refused", outcome.status != 0, outcome.said)
    with open(path, encoding="utf-8") as file:
        checks.equal("and stays as it is", "a text of somebody's\n", file.read())


if __name__ == "__main__":
    run_test(__file__, __doc__, [
        serves_with_tls,
        takes_a_new_certificate,
        keeps_the_certificate_when_the_new_one_is_broken,
        changes_the_log_level,
        serves_a_unix_socket,
        replaces_what_a_killed_one_left,
    ])
