#!/usr/bin/env python3
"""Runs a command and prints what it took: `CPU-seconds wall-seconds peak-MiB`.

    measure.py COMMAND…

What the command says goes to standard error. Exits as the command did.
"""

import os
import subprocess
import sys
import time

start = time.monotonic()
process = subprocess.Popen(sys.argv[1:], stdout=sys.stderr)
_, status, usage = os.wait4(process.pid, 0)
print(f"{usage.ru_utime + usage.ru_stime:.3f} {time.monotonic() - start:.3f} "
      f"{usage.ru_maxrss / 1024:.0f}")
sys.exit(os.waitstatus_to_exitcode(status))
