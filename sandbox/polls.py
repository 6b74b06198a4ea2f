"""Polls: a question with answers (reference, "Poll Resource")."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.errors import Checks
from sandbox.wire import Json, moment

MAX_QUESTION = 300
MAX_ANSWER = 55
MAX_ANSWERS = 10
MAX_HOURS = 32 * 24


def poll(question: str, answers: Sequence[str], *, hours: int = 24, several: bool = False) -> Json:
    """A poll as messages carry it, that nobody has voted in yet and that ends in some hours."""
    return {
        "question": {"text": question},
        "answers": [
            {"answer_id": number, "poll_media": {"text": text}}
            for number, text in enumerate(answers, 1)
        ],
        "expiry": moment(datetime.now(UTC) + timedelta(hours=hours)),
        "allow_multiselect": several,
        "layout_type": 1,
        "results": {"is_finalized": False, "answer_counts": []},
    }


def asked_for(request: Any, checks: Checks) -> Json | None:
    """The poll that a request describes, if it does; notes what is wrong with it."""
    if request is None:
        return None
    if not isinstance(request, dict):
        checks.fault("poll", "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
        return None
    question = (request.get("question") or {}).get("text")
    checks.length("poll.question.text", question, least=1, most=MAX_QUESTION)
    answers = request.get("answers") or []
    if not 1 <= len(answers) <= MAX_ANSWERS:
        message = f"Must be between 1 and {MAX_ANSWERS} in length."
        checks.fault("poll.answers", "BASE_TYPE_BAD_LENGTH", message)
    texts = [(answer.get("poll_media") or {}).get("text") for answer in answers]
    for index, text in enumerate(texts):
        path = f"poll.answers.{index}.poll_media.text"
        checks.length(path, text, least=1, most=MAX_ANSWER)
    hours = request.get("duration") or 24
    if not isinstance(hours, int) or not 1 <= hours <= MAX_HOURS:
        message = f"int value should be between 1 and {MAX_HOURS}."
        checks.fault("poll.duration", "NUMBER_TYPE_MAX", message)
        return None
    several = bool(request.get("allow_multiselect"))
    return poll(str(question), list(map(str, texts)), hours=hours, several=several)
