"""The trace checker, the words, the byte search and the HTTP client."""

import base64
import os
import socket
import tempfile
import threading
import unittest

from support import trace
from support.search import address_forms, forms, found_in_bytes, found_in_folder, secret_forms
from support.wire import Connection, ConnectionLost, chunked, request_bytes
from support.words import LIMIT, word

WAL = "12</data/events/2026-11-22.sqlite-wal>"
OTHER_WAL = "14</data/footfall.sqlite-wal>"
TCP = "9<TCP:[127.0.0.1:8080->127.0.0.1:5000]>"
WRITE = f'7 pwrite64({WAL}, "\\0\\5/e/bakodi"..., 4096, 32) = 4096'
SYNC = f"7 fdatasync({WAL}) = 0"
SEND = f'8 writev({TCP}, [{{iov_base="HTTP/1.1 202 Accepted\\r\\n", iov_len=30}}], 1) = 30'
SYNC_BEGUN = f"7 fdatasync({WAL} <unfinished ...>"
SYNC_ENDED = "7 <... fdatasync resumed>) = 0"

# What a trace of one beacon is, and whether its answer was in order.
TRACES = [
    ("written, synced, answered", [WRITE, SYNC, SEND], True),
    ("never synced", [WRITE, SEND], False),
    ("synced after the answer", [WRITE, SEND, SYNC], False),
    ("synced before it was written", [SYNC, WRITE, SEND], False),
    ("never written", [SYNC, SEND], False),
    ("a sync that began before the write", [SYNC_BEGUN, WRITE, SYNC_ENDED, SEND], False),
    ("a sync still under way", [WRITE, SYNC_BEGUN, SEND, SYNC_ENDED], False),
    ("a sync that other threads ran through", [WRITE, SYNC_BEGUN, "8 write(3</x>, \"\", 0) = 0",
                                               SYNC_ENDED, SEND], True),
    ("a sync that failed", [WRITE, f"7 fdatasync({WAL}) = -1 EIO (Input/output error)", SEND],
     False),
    ("a sync of another file", [WRITE, f"7 fdatasync({OTHER_WAL}) = 0", SEND], False),
    ("something written after the sync", [WRITE, SYNC, WRITE, SEND], False),
    ("fsync serves as well", [WRITE, f"7 fsync({WAL}) = 0", SEND], True),
    ("another file written after the sync",
     [WRITE, SYNC, f'7 pwrite64({OTHER_WAL}, "x", 1, 0) = 1', SEND], True),
]


class TraceTest(unittest.TestCase):
    def test_one_beacon(self):
        for title, lines, right in TRACES:
            with self.subTest(title):
                faults = trace.unsynced_answers(trace.parse(lines), ["bakodi"])
                self.assertEqual(right, not faults, faults)

    def test_an_answer_too_few_or_too_many(self):
        calls = trace.parse([WRITE, SYNC, SEND])
        self.assertTrue(trace.unsynced_answers(calls, ["bakodi", "badeko"]))
        self.assertTrue(trace.unsynced_answers(calls, []))

    def test_an_earlier_beacons_sync_does_not_serve_the_next(self):
        second = WRITE.replace("bakodi", "badeko")
        lines = [WRITE, SYNC, SEND, second, SEND]
        faults = trace.unsynced_answers(trace.parse(lines), ["bakodi", "badeko"])
        self.assertEqual(1, len(faults))
        self.assertIn("badeko", faults[0])

    def test_many_at_once(self):
        second = SEND.replace("5000", "5001")
        other = WRITE.replace("bakodi", "badeko")
        marks = {"bakodi": 5000, "badeko": 5001}
        for title, lines, count in (
                ("one sync for both", [WRITE, other, SYNC, SEND, second], 0),
                ("the second written after it", [WRITE, SYNC, other, SEND, second], 1),
                ("the second answered too early", [WRITE, SYNC, second, other, SYNC, SEND], 1),
                ("no sync", [WRITE, other, SEND, second], 2),
                ("one not answered", [WRITE, other, SYNC, SEND], 1)):
            with self.subTest(title):
                faults = trace.unsynced_among_many(trace.parse(lines), marks)
                self.assertEqual(count, len(faults), faults)

    def test_descriptors(self):
        for arguments, file in (
                (f"{TCP}, 1", "<TCP:[127.0.0.1:8080->127.0.0.1:5000]>"),
                (f"{WAL}, 1", "</data/events/2026-11-22.sqlite-wal>"),
                ("2</dev/null<char 1:3>>, 1", "</dev/null<char 1:3>>"), ("7, 1", "")):
            self.assertEqual(file, trace.Call("1", "write", arguments, 0).file)


class WordsTest(unittest.TestCase):
    def test_words_differ_and_are_short_letters(self):
        words = {word(number) for number in range(20000)}
        self.assertEqual(20000, len(words))
        self.assertTrue(all(one.isalpha() and one.islower() and len(one) == 6 for one in words))
        self.assertEqual(6, len(word(LIMIT - 1)))
        self.assertRaises(ValueError, word, LIMIT)


class SearchTest(unittest.TestCase):
    def test_forms_are_found_wherever_they_stand(self):
        text = "anna@pasts.example"
        for title, data in (
                ("plain", text.encode()), ("percent", b"x=anna%40pasts.example&"),
                ("upper", text.upper().encode()), ("hex", text.encode().hex().encode()),
                ("UTF-16", text.encode("utf-16-le")),
                *((f"base64 after {n}", base64.b64encode(b"z" * n + text.encode() + b"zz"))
                  for n in range(4))):
            with self.subTest(title):
                self.assertEqual(["x"], found_in_bytes(b"\0" + data + b"\0", {"x": forms(text)}))
        self.assertEqual([], found_in_bytes(b"anna at pasts.example", {"x": forms(text)}))

    def test_addresses(self):
        packed = socket.inet_pton(socket.AF_INET6, "2001:db8::9")
        for data in (b"2001:db8::9", b"2001:0db8:0000:0000:0000:0000:0000:0009", packed):
            self.assertTrue(found_in_bytes(data, {"x": address_forms("2001:db8::9")}))

    def test_files_and_their_names(self):
        secret = bytes(range(32))
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(os.path.join(folder, "deep"))
            with open(os.path.join(folder, "deep", "file"), "wb") as file:
                file.write(b"a" * 5000 + secret)
            needles = {"salt": secret_forms(secret), "name": forms("deep/file")}
            found = found_in_folder(folder, needles)
            self.assertEqual({("deep/file", "salt"), ("deep/file", "name")}, set(found))
            self.assertEqual([], found_in_folder(folder, {"x": secret_forms(bytes(32))}))


class WireTest(unittest.TestCase):
    def answer_with(self, data):
        listener = socket.create_server(("127.0.0.1", 0))

        def serve():
            peer, _ = listener.accept()
            peer.recv(65536)
            for at in range(0, len(data), 3):
                peer.sendall(data[at:at + 3])
            peer.close()
            listener.close()

        threading.Thread(target=serve, daemon=True).start()
        return Connection(*listener.getsockname())

    def test_answers(self):
        for title, data, status, body in (
                ("length", b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok", 202, b"ok"),
                ("chunks", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                 + chunked(b"abcdefghij"), 200, b"abcdefghij"),
                ("until the end", b"HTTP/1.1 200 OK\r\n\r\nabc", 200, b"abc"),
                ("none", b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n", 304, b""),
                ("after 100", b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 A\r\n"
                 b"Content-Length: 0\r\n\r\n", 202, b"")):
            with self.subTest(title), self.answer_with(data) as connection:
                answer = connection.request("POST", "/", (), b"{}")
                self.assertEqual((status, body), (answer.status, answer.body))

    def test_a_cut_answer_is_no_answer(self):
        with self.answer_with(b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\no") as connection:
            self.assertRaises(ConnectionLost, connection.request, "GET", "/")

    def test_requests(self):
        self.assertEqual(
            b'POST /x HTTP/1.1\r\nHost: stats.test\r\nA: b\r\nContent-Length: 8\r\n\r\n{"a": 1}',
            request_bytes("POST", "/x", [("A", "b")], {"a": 1}))


if __name__ == "__main__":
    unittest.main()
