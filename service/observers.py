"""Telling the observers. One that breaks is logged; it stops neither the others nor the work."""

import logging
from collections.abc import Sequence

from moderation.verdict import Action, Result, Verdict
from service.ports import Observer

log = logging.getLogger(__name__)


def tell_judged(observers: Sequence[Observer], verdict: Verdict) -> None:
    """A decision was made."""
    for observer in observers:
        try:
            observer.judged(verdict)
        except Exception:
            log.exception("%s could not take in a verdict", type(observer).__name__)


def tell_enforced(
    observers: Sequence[Observer], verdict: Verdict, action: Action, result: Result
) -> None:
    """An action came to its end."""
    for observer in observers:
        try:
            observer.enforced(verdict, action, result)
        except Exception:
            log.exception("%s could not take in an outcome", type(observer).__name__)
