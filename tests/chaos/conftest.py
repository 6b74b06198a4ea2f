"""The chaos fills disks by means that only Linux has."""

import sys

collect_ignore = [] if sys.platform == "linux" else ["test_chaos.py"]
