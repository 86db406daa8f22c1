"""A small HTTP/1.1 client over a plain socket: keep-alive, and every byte under the test's hand."""

import json
import socket
from dataclasses import dataclass, field

WAIT_SECONDS = 20


@dataclass
class Response:
    status: int
    headers: list = field(default_factory=list)
    body: bytes = b""

    def header(self, name):
        """The value of a header, several joined by a comma; None if there is none."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return ", ".join(values) if values else None

    @property
    def dropped(self):
        """Why the beacon was not kept; None if it was."""
        return self.header("Footfall-Dropped")

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")


class ConnectionLost(ConnectionError):
    """The server closed before a whole answer came."""


class Connection:
    """One connection; requests on it follow one another."""

    def __init__(self, host, port, timeout=WAIT_SECONDS, source=None):
        """`source` is the address of this machine that it comes from."""
        own = (source, 0) if source else None
        self.use(socket.create_connection((host, port), timeout, own))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def use(self, connected):
        """Talks over a socket that is connected."""
        self.socket = connected
        self.pending = b""

    def request(self, method, path, headers=(), body=None):
        self.send(request_bytes(method, path, headers, body))
        return self.response(method)

    def send(self, data):
        self.socket.sendall(data)

    def response(self, method="GET"):
        """Reads one whole answer; 100 Continue is passed over."""
        while True:
            head = self.read_until(b"\r\n\r\n").decode("latin-1")
            first, *lines = head[:-4].split("\r\n")
            status = int(first.split(" ")[1])
            headers = [tuple(part.strip() for part in line.split(":", 1)) for line in lines]
            if status != 100:
                answer = Response(status, headers)
                answer.body = self.read_body(answer, method)
                return answer

    def read_body(self, answer, method):
        if method == "HEAD" or answer.status in (204, 304):
            return b""
        if (answer.header("Transfer-Encoding") or "").lower() == "chunked":
            return self.read_chunks()
        length = answer.header("Content-Length")
        return self.read_exactly(int(length)) if length is not None else self.read_all()

    def read_chunks(self):
        body = b""
        while True:
            size = int(self.read_until(b"\r\n").split(b";")[0], 16)
            body += self.read_exactly(size)
            self.read_until(b"\r\n")
            if size == 0:
                return body

    def read_until(self, mark):
        while mark not in self.pending:
            self.receive()
        at = self.pending.index(mark) + len(mark)
        found, self.pending = self.pending[:at], self.pending[at:]
        return found

    def read_exactly(self, length):
        while len(self.pending) < length:
            self.receive()
        found, self.pending = self.pending[:length], self.pending[length:]
        return found

    def read_all(self):
        try:
            while True:
                self.receive()
        except ConnectionLost:
            found, self.pending = self.pending, b""
            return found

    def receive(self):
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionLost("closed before the answer was whole")
        self.pending += data

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def request_bytes(method, path, headers=(), body=None, version="HTTP/1.1"):
    """The bytes of a request; a body of another type than bytes is sent as JSON."""
    if body is not None and not isinstance(body, bytes):
        body = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    lines = [f"{method} {path} {version}", "Host: stats.test"]
    lines += [f"{key}: {value}" for key, value in headers]
    framed = any(key.lower() in ("content-length", "transfer-encoding") for key, _ in headers)
    if body is not None and not framed:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + (body or b"")


def chunked(body, size=7):
    """A body in chunks of `size` bytes."""
    parts = [body[at:at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
