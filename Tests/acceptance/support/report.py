"""Counting what held and what did not, in the form that `make test` reads."""

import difflib
import os
import sys
import traceback


class Checks:
    """Counts checks. A failed one is printed at once, with what was expected and what came.

    A test that cannot run here (no strace, no right to change user) is told by `skip`; with CI=true
    that is a failure, so that a machine that lost a tool does not look healthy.
    """

    def __init__(self, name):
        self.name = name
        self.passed = 0
        self.failed = 0
        self.skipped = 0

    def check(self, title, holds, detail=""):
        """One claim. Gives back whether it held, so that later checks can depend on it."""
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {self.name}: {title}" + (f"\n       {detail}" if detail else ""))
            sys.stdout.flush()
        return bool(holds)

    def equal(self, title, expected, got):
        """Claims that two values are the same; shows both when they are not."""
        return self.check(title, expected == got, f"expected {short(expected)}, got {short(got)}")

    def same_text(self, title, expected, got):
        """Claims that two long texts are the same; shows the first lines that differ."""
        lines = [line for line in difflib.unified_diff(
            expected.splitlines(), got.splitlines(), lineterm="", n=0)
            if not line.startswith(("---", "+++", "@@"))]
        return self.check(title, expected == got, f"{len(lines)} lines differ: {lines[:6]}")

    def one_of(self, title, expected, got):
        """For places where the contract leaves a choice."""
        return self.check(title, got in expected, f"expected one of {expected}, got {short(got)}")

    def contains(self, title, text, *wanted):
        """Claims that each wanted text occurs in `text`, whatever the case of its letters."""
        missing = [word for word in wanted if word.lower() not in text.lower()]
        return self.check(title, not missing, f"without {missing}: {short(text, 600)}")

    def skip(self, title, why):
        if os.environ.get("CI") == "true":
            self.check(title, False, f"cannot run here, and CI=true: {why}")
        else:
            self.skipped += 1
            print(f"skipped {self.name}: {title}: {why}")

    def scenario(self, function, *arguments):
        """Runs one group of checks; an exception in it fails that group and no other."""
        title = function.__name__.replace("_", " ")
        try:
            function(self, *arguments)
        except Exception:  # the next group must run whatever went wrong in this one
            self.check(title, False, traceback.format_exc(limit=-4).replace("\n", "\n       "))

    def finish(self):
        """Prints the last line and gives the exit code."""
        if self.skipped:
            print(f"{self.name}: {self.skipped} skipped")
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed or not self.passed else 0


def short(value, limit=300):
    """A value as text, cut so that a failure of 200,000 rows stays readable."""
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text)} characters)"


def compare_tables(checks, title, expected, got, most=5):
    """Compares two dictionaries and shows the first few keys that differ, not both tables."""
    differing = [
        f"{key!r}: expected {expected.get(key)}, got {got.get(key)}"
        for key in sorted(set(expected) | set(got), key=str)
        if expected.get(key) != got.get(key)
    ]
    shown = "; ".join(differing[:most])
    return checks.check(title, not differing, f"{len(differing)} differ: {shown}")
