"""The clock that the product reads when FOOTFALL_TEST_CLOCK_FILE names a file.

The file holds milliseconds that are added to the real clock; it is read anew at each use. Tests
move time with it instead of sleeping.
"""

import os
import time

VARIABLE = "FOOTFALL_TEST_CLOCK_FILE"


class Clock:
    """A file of that kind. `environment` makes a command use it."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "clock-offset-ms")
        self.environment = {VARIABLE: self.path}
        self.write(0)

    def set(self, instant):
        """Makes it this instant now, given in seconds since 1970; from here it goes on running."""
        self.write(round((instant - time.time()) * 1000))

    def write(self, offset):
        """Replaces the file as a whole, so that no reader sees half a number."""
        with open(self.path + ".new", "w", encoding="ascii") as file:
            file.write(str(offset))
        os.replace(self.path + ".new", self.path)
