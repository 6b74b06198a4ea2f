"""``bot.py`` with a ladder of one rung: the variable STRICT says what follows from each strike."""

import os
import sys

from cli.main import main
from moderation.consequence import BAN, KICK, Consequence, Step
from moderation.policy import Ladder, Rung
from tests.e2e.ladders import climb

STRICT = "STRICT"
FOLLOWS = {"timeout": Consequence(Step.TIMEOUT, 60 * 60_000), "kick": KICK, "ban": BAN}

if __name__ == "__main__":
    climb(Ladder((Rung(1, FOLLOWS[os.environ[STRICT]]),)))
    sys.exit(main())
