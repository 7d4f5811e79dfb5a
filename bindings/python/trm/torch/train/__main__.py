"""python -m trm.torch.train CONFIGURATION --data FILE ..."""

from __future__ import annotations

import signal
import sys

from .run import Run
from .settings import read_settings


def main() -> int:
    try:
        run = Run(read_settings(sys.argv[1:]))
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, run.ask_to_stop)
        run()
    except (ValueError, OSError, FloatingPointError, RuntimeError) as error:
        print(f"python -m trm.torch.train: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
