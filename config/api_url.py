"""The address of Discord's REST API, and which addresses may be given the token unencrypted."""

import ipaddress
from urllib.parse import SplitResult, urlsplit

from config.errors import SettingsError

VARIABLE = "DISCORD_API_URL"
DEFAULT = "https://discord.com/api/v10"

_VERSION = "/api/v10"

# The addresses of private use: RFC 1918 and RFC 4193. What Python's is_private adds to them
# (documentation, link-local, 0.0.0.0 ...) is where cloud metadata and surprises live.
_PRIVATE = tuple(
    ipaddress.ip_network(text)
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
)


def checked(url: str) -> str:
    """The address without a slash at its end. Raises SettingsError."""
    if any(character.isspace() or not character.isprintable() for character in url):
        raise SettingsError(VARIABLE, "there is white space or a control character in the address.")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise SettingsError(VARIABLE, f"{url} is not a web address ({error}).") from None
    if parts.scheme not in ("http", "https") or not host:
        raise SettingsError(VARIABLE, f"{url} is not a web address; write it like {DEFAULT}.")
    if "@" in parts.netloc or "\\" in url:
        # Not repeated in the message: what stands there may be a password.
        raise SettingsError(VARIABLE, "the address must not hold a user name or password.")
    if "?" in url or "#" in url:
        raise SettingsError(VARIABLE, f"{url} must end with {_VERSION}, without ? or #.")
    if not parts.path.rstrip("/").endswith(_VERSION):
        raise SettingsError(VARIABLE, f"{url} must end with {_VERSION}, as in {DEFAULT}.")
    if parts.scheme == "http" and not _is_near(parts):
        raise SettingsError(
            VARIABLE,
            f"{url} would send the token unencrypted. Write https://, or for a server of your "
            f"own use localhost or a private IP address such as 127.0.0.1 or 10.0.0.5.",
        )
    return url.rstrip("/")


def _is_near(parts: SplitResult) -> bool:
    """Whether the host is this machine or on a private network, as its address itself says. A
    name that has to be looked up may lead anywhere."""
    host = parts.hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return address.is_loopback or any(address in network for network in _PRIVATE)
