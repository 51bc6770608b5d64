"""`python -m pipeline`, which is the `difang` command."""

import os
import signal
import sys
from types import FrameType


def main() -> None:
    """Run the command line.

    Until a verb that lands something takes the signal over (`pipeline.interruption`), Ctrl-C ends the process at
    once: Python's own KeyboardInterrupt is swallowed by libraries that are just being imported.
    """
    signal.signal(signal.SIGINT, _leave)
    from pipeline.cli import main as run  # noqa: PLC0415 - it takes a second, which Ctrl-C must not wait for

    run()


def _leave(_number: int, _frame: FrameType | None) -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\x1b[?25h")  # the progress line hides the cursor
    sys.stderr.write("difang: interrupted\n")
    sys.stderr.flush()
    os._exit(130)


if __name__ == "__main__":
    main()
