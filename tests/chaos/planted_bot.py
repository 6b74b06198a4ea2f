"""``bot.py`` with a defect: the variable CHAOS_PLANT says which (``plants.py``)."""

import os
import sys

from cli.main import main
from tests.chaos.lives import PLANT
from tests.chaos.plants import plant

if __name__ == "__main__":
    plant(os.environ[PLANT])
    sys.exit(main())
