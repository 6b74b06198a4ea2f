"""Palisade's entrance: ``python bot.py`` runs the bot, ``python bot.py --help`` tells the rest."""

import sys

from cli.main import main

if __name__ == "__main__":
    sys.exit(main())
