"""Every touch of Nextcord's private parts, and nothing else.

Each module says what it touches and why; ``tests/edge/test_nextcord_private.py`` has a test for
each touch that fails when a Nextcord update moves it. Nextcord is held to one release for that
reason.
"""
