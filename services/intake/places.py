"""Which places a publisher may refer to: pure decisions about addresses, taken before anything is opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NoReturn
from urllib.parse import SplitResult, unquote, urlsplit

from schemas.events import ErrorCode, Step
from services.intake.failure import IntakeError

WEB: Final = frozenset({"http", "https"})

_MOST_DECODINGS: Final = 5


@dataclass(frozen=True, slots=True)
class Place:
    """An address taken apart.

    Parameters
    ----------
    scheme, host
        In lower case; the host with its port, or the bucket.
    path
        Percent-decoded, with the first slash.
    query
        As it was given; web addresses alone have one.
    """

    scheme: str
    host: str
    path: str
    query: str = ""

    @property
    def shown(self) -> str:
        """The address for people: without the query, which may hold a signature."""
        return f"{self.scheme}://{self.host}{self.path}"[:300]

    def is_under(self, prefix: "Place") -> bool:
        """Tell whether this place is the prefix itself or lies in its folder."""
        folder = prefix.path.rstrip("/") + "/"
        same = (self.scheme, self.host) == (prefix.scheme, prefix.host)
        return same and (self.path == prefix.path or self.path.startswith(folder))


def read_prefix(prefix: str) -> Place:
    """Read an allowed prefix from the settings.

    Raises
    ------
    ValueError
        If it is no plain address of a folder, with what would be right.
    """
    try:
        place = read_place(prefix)
    except IntakeError as error:
        message = f"allowed prefix {prefix!r}: {error.message}"
        raise ValueError(message) from None
    if place.query:
        message = f"allowed prefix {prefix!r}: a prefix has no query; give a folder such as https://host/folder/"
        raise ValueError(message)
    return place


def allowed_place(uri: str, prefixes: Sequence[Place]) -> tuple[Place, Place]:
    """Give the place and the prefix that it lies under.

    Raises
    ------
    IntakeError
        `uri_not_allowed`, if it lies under none or is written in a way that could mean another place.
    """
    place = read_place(uri)
    prefix = next((prefix for prefix in prefixes if place.is_under(prefix)), None)
    if prefix is None:
        allowed = ", ".join(prefix.shown for prefix in prefixes) or "none; only inline content is taken"
        _refuse(f"{place.shown} lies under no allowed prefix (allowed: {allowed}); put it there or send it inline")
    return place, prefix


def read_place(uri: str) -> Place:
    """Take an address apart and refuse every spelling that parsers understand differently.

    Raises
    ------
    IntakeError
        `uri_not_allowed`.
    """
    if "\\" in uri or any(ord(char) <= 0x20 or ord(char) == 0x7F for char in uri):  # noqa: PLR2004  (ASCII space, DEL)
        _refuse("the uri has a backslash, white space, or a control character; write it percent-encoded")
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError:
        _refuse("the uri cannot be read; write it as scheme://host/path")
    _check_parts(uri, parts)
    path = _decoded(parts.path) or "/"
    if {".", ".."} & set(path.split("/")):
        _refuse("the uri has . or .. in its path; write the path that is meant")
    return Place(parts.scheme.lower(), parts.netloc.lower(), path, parts.query)


def _check_parts(uri: str, parts: SplitResult) -> None:
    if not uri.lower().startswith(f"{parts.scheme}://") or not parts.scheme:
        _refuse("the uri is not of the form scheme://host/path")
    if "::" in uri:
        _refuse("the uri chains file systems with ::, which is not allowed; refer to the document itself")
    if "@" in parts.netloc or "%" in parts.netloc:
        _refuse("the uri has user information or an encoded host; access is the operator's matter, leave it out")
    if parts.fragment or (parts.query and parts.scheme not in WEB):
        _refuse("the uri has # or ?; write them as %23 and %3F if they belong to the name")
    if parts.scheme == "file" and parts.netloc not in ("", "localhost"):
        _refuse("a file: uri names no host; write file:///folder/name")


def _decoded(path: str) -> str:
    """Decode once, after making sure that decoding again (as some servers do) cannot climb out of a folder."""
    plain = path
    for _ in range(_MOST_DECODINGS):
        again = unquote(plain, errors="replace")
        if again == plain:
            break
        plain = again
    else:
        _refuse("the uri is percent-encoded many times over; encode it once")
    if ".." in plain.split("/") or "\x00" in plain or "\\" in plain:
        _refuse("the uri has .., a backslash, or a NUL hidden by percent-encoding; write the path that is meant")
    return unquote(path, errors="replace")


def _refuse(message: str) -> NoReturn:
    raise IntakeError(Step.ACCEPT, ErrorCode.URI_NOT_ALLOWED, message)
