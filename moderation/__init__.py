"""The rules, pure: no I/O, no asyncio, and the same answer to the same question every time."""
