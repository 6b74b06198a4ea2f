"""Discord's errors: a status, a code and a sentence, as its reference lists them ("JSON Error
Codes"), and for code 50035 a tree that names each field."""

from enum import IntEnum

from sandbox.wire import Json


class Code(IntEnum):
    """The error codes that this Discord gives."""

    GENERAL = 0
    UNKNOWN_ACCOUNT = 10001
    UNKNOWN_APPLICATION = 10002
    UNKNOWN_CHANNEL = 10003
    UNKNOWN_GUILD = 10004
    UNKNOWN_MEMBER = 10007
    UNKNOWN_MESSAGE = 10008
    UNKNOWN_ROLE = 10011
    UNKNOWN_USER = 10013
    UNKNOWN_WEBHOOK = 10015
    UNKNOWN_BAN = 10026
    UNKNOWN_INTERACTION = 10062
    UNKNOWN_COMMAND = 10063
    INVALID_WEBHOOK_TOKEN = 50027
    TOO_MANY_COMMANDS = 30032
    ALREADY_ACKNOWLEDGED = 40060
    MISSING_ACCESS = 50001
    DIRECT_CONVERSATION = 50003
    CANNOT_EDIT_OTHERS_MESSAGE = 50005
    EMPTY_MESSAGE = 50006
    CANNOT_MESSAGE_USER = 50007
    CANNOT_SEND_IN_CHANNEL = 50008
    MISSING_PERMISSIONS = 50013
    TOO_FEW_OR_MANY_TO_DELETE = 50016
    SYSTEM_MESSAGE = 50021
    WRONG_CHANNEL_TYPE = 50024
    INVALID_ROLE = 50028
    TOO_OLD_TO_BULK_DELETE = 50034
    INVALID_FORM_BODY = 50035
    INVALID_STICKER = 50081
    THREAD_ARCHIVED = 50083
    INVALID_JSON = 50109
    NO_MUTUAL_GUILD = 50278
    TWO_FACTOR_REQUIRED = 60003
    CANNOT_REPLY_UNREAD = 160002
    THREAD_EXISTS = 160004
    THREAD_LOCKED = 160005
    CANNOT_FORWARD_UNREAD = 160014
    FAILED_TO_BAN = 500000
    CANNOT_EDIT_POLL = 520003


_KNOWN: dict[Code, tuple[int, str]] = {
    Code.GENERAL: (404, "404: Not Found"),
    Code.UNKNOWN_ACCOUNT: (404, "Unknown Account"),
    Code.UNKNOWN_APPLICATION: (404, "Unknown Application"),
    Code.UNKNOWN_CHANNEL: (404, "Unknown Channel"),
    Code.UNKNOWN_GUILD: (404, "Unknown Guild"),
    Code.UNKNOWN_MEMBER: (404, "Unknown Member"),
    Code.UNKNOWN_MESSAGE: (404, "Unknown Message"),
    Code.UNKNOWN_ROLE: (404, "Unknown Role"),
    Code.UNKNOWN_USER: (404, "Unknown User"),
    Code.UNKNOWN_WEBHOOK: (404, "Unknown Webhook"),
    Code.UNKNOWN_BAN: (404, "Unknown Ban"),
    Code.UNKNOWN_INTERACTION: (404, "Unknown interaction"),
    Code.UNKNOWN_COMMAND: (404, "Unknown application command"),
    Code.INVALID_WEBHOOK_TOKEN: (401, "Invalid Webhook Token"),
    Code.TOO_MANY_COMMANDS: (400, "Maximum number of application commands reached (100)."),
    Code.ALREADY_ACKNOWLEDGED: (400, "Interaction has already been acknowledged."),
    Code.MISSING_ACCESS: (403, "Missing Access"),
    Code.DIRECT_CONVERSATION: (403, "Cannot execute action on a DM channel"),
    Code.CANNOT_EDIT_OTHERS_MESSAGE: (403, "Cannot edit a message authored by another user"),
    Code.EMPTY_MESSAGE: (400, "Cannot send an empty message"),
    Code.CANNOT_MESSAGE_USER: (403, "Cannot send messages to this user"),
    Code.CANNOT_SEND_IN_CHANNEL: (400, "Cannot send messages in a non-text channel"),
    Code.MISSING_PERMISSIONS: (403, "Missing Permissions"),
    Code.TOO_FEW_OR_MANY_TO_DELETE: (
        400,
        "Provided too few or too many messages to delete. Must provide at least 2 and fewer than "
        "100 messages to delete.",
    ),
    Code.SYSTEM_MESSAGE: (403, "Cannot execute action on a system message"),
    Code.WRONG_CHANNEL_TYPE: (400, "Cannot execute action on this channel type"),
    Code.INVALID_ROLE: (400, "Invalid role"),
    Code.TOO_OLD_TO_BULK_DELETE: (
        400,
        "You can only bulk delete messages that are under 14 days old.",
    ),
    Code.INVALID_FORM_BODY: (400, "Invalid Form Body"),
    Code.INVALID_STICKER: (400, "Invalid sticker sent"),
    Code.THREAD_ARCHIVED: (400, "Thread is archived"),
    Code.INVALID_JSON: (400, "The request body contains invalid JSON."),
    Code.NO_MUTUAL_GUILD: (
        403,
        "Cannot send messages to this user due to having no mutual guilds",
    ),
    Code.TWO_FACTOR_REQUIRED: (403, "Two factor is required for this operation"),
    Code.CANNOT_REPLY_UNREAD: (400, "Cannot reply without permission to read message history"),
    Code.THREAD_EXISTS: (400, "A thread has already been created for this message"),
    Code.THREAD_LOCKED: (403, "Thread is locked"),
    Code.CANNOT_FORWARD_UNREAD: (
        400,
        "You cannot forward a message whose content you cannot read",
    ),
    Code.FAILED_TO_BAN: (400, "Failed to ban users"),
    Code.CANNOT_EDIT_POLL: (400, "Cannot edit a poll message"),
}


class ApiError(Exception):
    """An answer that refuses a request."""

    def __init__(
        self,
        code: Code,
        *,
        status: int | None = None,
        message: str | None = None,
        errors: Json | None = None,
    ) -> None:
        known_status, known_message = _KNOWN[code]
        self.code = code
        self.status = status or known_status
        self.message = message or known_message
        self.errors = errors
        super().__init__(f"{self.status} {int(code)}: {self.message}")

    def body(self) -> Json:
        """The JSON of the answer."""
        body: Json = {"message": self.message, "code": int(self.code)}
        if self.errors:
            body["errors"] = self.errors
        return body


def unauthorized() -> ApiError:
    """A missing or unknown token."""
    return ApiError(Code.GENERAL, status=401, message="401: Unauthorized")


def method_not_allowed() -> ApiError:
    """A route that exists, but not with this method."""
    return ApiError(Code.GENERAL, status=405, message="405: Method Not Allowed")


class Checks:
    """Gathers what is wrong with the fields of a request, to refuse it with all at once."""

    def __init__(self) -> None:
        self._errors: Json = {}

    def fault(self, path: str, code: str, message: str) -> None:
        """Note a fault at a field; the path's parts are separated by dots. What is wrong with a
        field as a whole hides what is wrong within it."""
        node = self._errors
        for part in path.split("."):
            if "_errors" in node:
                return
            node = node.setdefault(part, {})
        errors = [*node.get("_errors", ()), {"code": code, "message": message}]
        node.clear()
        node["_errors"] = errors

    def length(self, path: str, value: object, *, least: int = 0, most: int) -> bool:
        """Check a text and its length in code points; whether it is in order."""
        if not isinstance(value, str):
            self.fault(path, "BASE_TYPE_BAD_TYPE", "Must be a string.")
        elif len(value) > most:
            message = f"Must be {most} or fewer in length."
            if least:
                message = f"Must be between {least} and {most} in length."
            self.fault(path, "BASE_TYPE_BAD_LENGTH" if least else "BASE_TYPE_MAX_LENGTH", message)
        elif len(value) < least:
            message = f"Must be between {least} and {most} in length."
            self.fault(path, "BASE_TYPE_BAD_LENGTH", message)
        else:
            return True
        return False

    def between(self, path: str, value: object, least: int, most: int) -> bool:
        """Check a whole number that may be absent; whether it is in order."""
        if value is None:
            return True
        if not isinstance(value, int) or isinstance(value, bool):
            self.fault(path, "NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
        elif value < least:
            message = f"int value should be greater than or equal to {least}."
            self.fault(path, "NUMBER_TYPE_MIN", message)
        elif value > most:
            message = f"int value should be less than or equal to {most}."
            self.fault(path, "NUMBER_TYPE_MAX", message)
        else:
            return True
        return False

    def required(self, path: str) -> None:
        """Note that a field is missing."""
        self.fault(path, "BASE_TYPE_REQUIRED", "This field is required")

    def done(self) -> None:
        """Raise ApiError 50035 if anything was wrong."""
        if self._errors:
            raise ApiError(Code.INVALID_FORM_BODY, errors=self._errors)


def invalid(path: str, code: str, message: str) -> ApiError:
    """The refusal for one wrong field."""
    checks = Checks()
    checks.fault(path, code, message)
    return ApiError(Code.INVALID_FORM_BODY, errors=checks._errors)
