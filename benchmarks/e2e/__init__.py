"""The whole bot beside a bare Nextcord bot, as ratios in one run."""
