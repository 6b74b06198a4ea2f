"""Where the settings come from: the environment, and a ``.env`` file for what it lacks."""

from collections.abc import Mapping
from io import StringIO
from pathlib import Path

from dotenv.parser import parse_stream

from config.errors import SettingsError


def merged(environ: Mapping[str, str], env_file: Path | None) -> dict[str, str]:
    """Every variable with a value, stripped; the real environment wins over the file. An empty
    value counts as unset. A file that is not there is as good as an empty one.

    Raises SettingsError, naming the file and the line, where the file cannot be read.
    """
    return _filled({} if env_file is None else _read(env_file)) | _filled(environ)


def _filled(variables: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, value in variables.items() if (text := value.strip())}


def _read(path: Path) -> dict[str, str]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError:
        raise SettingsError(str(path), "this file is not UTF-8; save it as UTF-8.") from None
    except OSError as error:
        raise SettingsError(str(path), f"this file cannot be read ({error.strerror}).") from error
    values = {}
    # dotenv_values() passes over a broken line with a warning that nobody may see.
    for binding in parse_stream(StringIO(text)):
        if binding.error:
            blank = len(read := binding.original.string) - len(read.lstrip())
            line = binding.original.line + read[:blank].count("\n")
            raise SettingsError(f"{path}:{line}", "this line is not understood; write NAME=value.")
        if binding.key is not None and binding.value is not None:
            values[binding.key] = binding.value
    return values
