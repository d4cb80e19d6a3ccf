"""Step 2: the document's bytes, inline or from an allowed place."""

import asyncio
import base64
import binascii
import os
import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote

import fsspec
import httpx

from schemas.events import Content, ErrorCode, Step
from services.intake.failure import IntakeError
from services.intake.places import WEB, Place, allowed_place, read_prefix
from services.intake.threads import Threads

MOST_THREADS: Final = 32
"""Reads at the same time under one prefix, with those that hang."""

_WHITE_SPACE: Final = str.maketrans("", "", " \t\r\n")
_GONE: Final = frozenset({404, 410})
_MAY_PASS: Final = frozenset({408, 425, 429})


class ContentFetcher:
    """Gets the bytes of submitted content.

    Parameters
    ----------
    allowed_prefixes
        Folders that a `uri` may lie in, such as `file:///srv/in/`, `s3://bucket/`, `https://host/docs/`; none for
        inline content alone.
    max_bytes
        Largest document; never more than one byte beyond is held.
    timeout
        Seconds for one `uri` from the first connection to the last byte.

    Raises
    ------
    ValueError
        If a prefix cannot be used, with what would be right.
    """

    def __init__(self, allowed_prefixes: Sequence[str], max_bytes: int, timeout: float) -> None:
        self._prefixes = tuple(map(read_prefix, allowed_prefixes))
        self._max_bytes = max_bytes
        self._timeout = timeout
        self._threads = {prefix: Threads(MOST_THREADS) for prefix in self._prefixes}
        for prefix in self._prefixes:
            _check_scheme(prefix)

    async def fetch(self, content: Content) -> bytes:
        """Give the bytes.

        Raises
        ------
        IntakeError
            `content_not_base64`, `content_empty`, `content_too_large`, `uri_not_allowed`, `uri_not_found`, or
            `uri_unreachable` (retryable unless access was denied).
        """
        if content.text is not None:
            found = content.text.encode("utf-8")
        elif content.base64 is not None:
            found = _from_base64(content.base64, self._max_bytes)
        else:
            found = await self._from_uri(str(content.uri))
        if len(found) > self._max_bytes:
            raise _too_large(self._max_bytes)
        if not found:
            message = "the content has no bytes; hand in the document itself"
            raise IntakeError(Step.ACCEPT, ErrorCode.CONTENT_EMPTY, message)
        return found

    async def _from_uri(self, uri: str) -> bytes:
        place, prefix = allowed_place(uri, self._prefixes)
        try:
            async with asyncio.timeout(self._timeout):
                if place.scheme in WEB:
                    return await self._from_web(place)
                read = _read_file if place.scheme == "file" else _read_store
                # A thread that hangs in a dead mount outlives the timeout; what it finds is dropped.
                return await self._threads[prefix].run(lambda: read(place, prefix, self._max_bytes))
        except TimeoutError:
            raise _unreachable(place, f"no answer within {self._timeout:g} s", retryable=True) from None

    async def _from_web(self, place: Place) -> bytes:
        """Read over HTTP without proxies and redirects, stopping as soon as it is too much."""
        url = f"{place.scheme}://{place.host}{quote(place.path)}" + (f"?{place.query}" if place.query else "")
        found = bytearray()
        try:
            async with (
                httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=self._timeout) as client,
                # Unpacked by nobody: a small answer could become a large document.
                client.stream("GET", url, headers={"Accept-Encoding": "identity"}) as response,
            ):
                _check_response(place, response, self._max_bytes)
                async for chunk in response.aiter_raw(64 * 1024):
                    found += chunk
                    if len(found) > self._max_bytes:
                        raise _too_large(self._max_bytes)
        except httpx.HTTPError as error:
            raise _unreachable(place, type(error).__name__, retryable=True) from error
        except httpx.InvalidURL:
            message = f"{place.shown} is no address that can be asked; check how it is written"
            raise IntakeError(Step.ACCEPT, ErrorCode.URI_NOT_ALLOWED, message) from None
        return bytes(found)


def _from_base64(text: str, max_bytes: int) -> bytes:
    """Decode the standard alphabet, white space between allowed.

    The URL-safe alphabet is refused: the contract names one form, and one that is half right should not pass.
    """
    packed = text.translate(_WHITE_SPACE)
    if len(packed) // 4 * 3 > max_bytes + 2:
        raise _too_large(max_bytes)
    try:
        return base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError) as error:
        hint = "the URL-safe alphabet is not taken" if {"-", "_"} & set(packed) else "send RFC 4648 base64 with padding"
        message = f"content.base64 is not base64 ({error}); {hint}"
        raise IntakeError(Step.ACCEPT, ErrorCode.CONTENT_NOT_BASE64, message) from None


def _check_response(place: Place, response: httpx.Response, max_bytes: int) -> None:
    status = response.status_code
    if response.is_redirect:
        message = f"{place.shown} redirects elsewhere, which is not followed; refer to the document's own address"
        raise IntakeError(Step.ACCEPT, ErrorCode.URI_NOT_ALLOWED, message)
    if status in _GONE:
        raise _not_found(place)
    if status != httpx.codes.OK:
        raise _unreachable(place, f"HTTP {status}", retryable=status in _MAY_PASS or response.is_server_error)
    if response.headers.get("content-encoding", "identity") != "identity":
        raise _unreachable(place, "it sends the document packed though asked not to", retryable=False)
    declared = response.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > max_bytes:
        raise _too_large(max_bytes)


def _read_file(place: Place, prefix: Place, max_bytes: int) -> bytes:
    """Read a plain file whose real place, links resolved, is in the prefix's real folder."""
    try:
        folder = Path(prefix.path).resolve(strict=True)
        real = Path(place.path).resolve(strict=True)
        _check_inside(real, folder, place)
        # Not blocking, for pipes; and looked at again once open, for links put there in between.
        descriptor = os.open(real, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            _check_inside(Path(f"/proc/self/fd/{descriptor}").readlink(), folder, place)
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise _not_found(place)
            return _bounded(file.read, status.st_size, max_bytes)
    except OSError as error:
        raise _from_os_error(place, error) from error


def _check_inside(real: Path, folder: Path, place: Place) -> None:
    if not real.is_relative_to(folder):
        message = f"{place.shown} is a link that leads out of the allowed folder; put the file itself there"
        raise IntakeError(Step.ACCEPT, ErrorCode.URI_NOT_ALLOWED, message)


def _read_store(place: Place, _prefix: Place, max_bytes: int) -> bytes:
    """Read from an object store through fsspec: one file system, chosen by the scheme, never a chain."""
    path = f"{place.host}{place.path}" if place.host else place.path
    try:
        store = fsspec.filesystem(place.scheme)
        size = store.info(path).get("size") or 0
        return _bounded(lambda most: store.cat_file(path, start=0, end=most), size, max_bytes)
    except IntakeError:
        raise
    except OSError as error:
        raise _from_os_error(place, error) from error
    except Exception as error:
        # Each store's client library raises kinds of its own when the service is in trouble.
        raise _unreachable(place, type(error).__name__, retryable=True) from error


def _bounded(read: Callable[[int], bytes], size: int, max_bytes: int) -> bytes:
    """Read at most one byte more than allowed: a size told before may be wrong by now."""
    if size > max_bytes:
        raise _too_large(max_bytes)
    found = read(max_bytes + 1)
    if len(found) > max_bytes:
        raise _too_large(max_bytes)
    return found


def _from_os_error(place: Place, error: OSError) -> IntakeError:
    match error:
        case FileNotFoundError() | IsADirectoryError() | NotADirectoryError():
            return _not_found(place)
        case PermissionError():
            return _unreachable(place, "access denied", retryable=False)
        case _:
            return _unreachable(place, f"{type(error).__name__}: {os.strerror(error.errno or 0)}", retryable=True)


def _check_scheme(prefix: Place) -> None:
    if prefix.scheme in WEB or prefix.scheme == "file":
        return
    try:
        fsspec.get_filesystem_class(prefix.scheme)
    except (ImportError, ValueError) as error:
        message = f"allowed prefix {prefix.shown}: {error}; for s3:// install the extra `s3`"
        raise ValueError(message) from None


def _not_found(place: Place) -> IntakeError:
    message = f"{place.shown} does not exist or is no file; check the uri and put the document there first"
    return IntakeError(Step.ACCEPT, ErrorCode.URI_NOT_FOUND, message)


def _unreachable(place: Place, reason: str, *, retryable: bool) -> IntakeError:
    advice = "it is worth another try" if retryable else "ask the operator for access"
    message = f"{place.shown} could not be read ({reason}); {advice}"
    return IntakeError(Step.ACCEPT, ErrorCode.URI_UNREACHABLE, message, retryable=retryable)


def _too_large(max_bytes: int) -> IntakeError:
    message = f"the content is larger than {max_bytes} bytes; split it, or ask the operator to allow more"
    return IntakeError(Step.ACCEPT, ErrorCode.CONTENT_TOO_LARGE, message)
