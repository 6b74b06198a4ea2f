"""`python -m sandbox`: a small Discord in a process of its own (sandbox/remote/)."""

import asyncio
import sys

from sandbox.remote.start import parser, run

if __name__ == "__main__":
    sys.exit(asyncio.run(run(parser().parse_args())))
