"""The small Discord in a process of its own: commands as JSON lines in, answers as JSON lines out.

For benchmarks, which want the server on another core, and for tests in which it outlives a bot that
is killed. `python -m sandbox` starts it; client.py starts and drives it from Python.
"""
