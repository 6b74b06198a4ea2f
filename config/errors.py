"""What is wrong with the settings.

SettingsError       a setting has a value that cannot be used
└── TokenMissing    there is no token: nothing is set, or only the example's placeholder
"""


class SettingsError(Exception):
    """``variable`` is the setting (or the file they are read from), ``message`` says what is
    wrong with it and what to do; together they are the error's text. Neither holds a token."""

    def __init__(self, variable: str, message: str) -> None:
        self.variable = variable
        self.message = message
        super().__init__(f"{variable}: {message}")


class TokenMissing(SettingsError):
    """There is no token to log in with."""
