"""``bot.py`` as the chaos runs it: strict, and with a defect where the variable CHAOS_PLANT says
which (``plants.py``)."""

import os
import sys

from cli.main import main
from tests.chaos.lives import PLANT
from tests.chaos.plants import plant
from tests.chaos.strictness import be_strict

if __name__ == "__main__":
    be_strict()
    if name := os.environ.get(PLANT):
        plant(name)
    sys.exit(main())
