"""A child with a grandchild in its group and one that has left it, as vLLM's engine and its workers may be.

Usage: family.py PIDS_FILE [--stubborn]. It writes their three process ids, then waits.
"""

import signal
import subprocess
import sys
from pathlib import Path

SLEEPER = (sys.executable, "-c", "import signal\nwhile True: signal.pause()")

if "--stubborn" in sys.argv:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # the grandchildren inherit it
near = subprocess.Popen(SLEEPER)
far = subprocess.Popen(SLEEPER, start_new_session=True)
own = Path("/proc/self").readlink()
file = Path(sys.argv[1])
file.with_suffix(".new").write_text(f"{own} {near.pid} {far.pid}", "utf-8")
file.with_suffix(".new").replace(file)
while True:
    signal.pause()
