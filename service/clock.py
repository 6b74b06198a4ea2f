"""The service's clock, which is the project's: see clock.py."""

from clock import utc_ms

__all__ = ["utc_ms"]
