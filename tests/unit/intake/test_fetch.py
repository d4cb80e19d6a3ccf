"""Step 2: bytes inline or from allowed places, and from nowhere else."""

import asyncio
import base64
import os
import re
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import fsspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.events import Content, ErrorCode, Step
from services.intake import fetch
from services.intake.failure import IntakeError
from services.intake.fetch import MOST_THREADS, ContentFetcher
from services.intake.places import allowed_place, read_prefix

MAX_BYTES = 1_000


def a_fetcher(*prefixes: str, seconds: float = 5) -> ContentFetcher:
    return ContentFetcher(prefixes, MAX_BYTES, seconds)


async def failure_of(content: Content, *prefixes: str, seconds: float = 5) -> IntakeError:
    with pytest.raises(IntakeError) as caught:
        await a_fetcher(*prefixes, seconds=seconds).fetch(content)
    assert caught.value.step is Step.ACCEPT
    return caught.value


@given(st.binary(min_size=1, max_size=MAX_BYTES))
async def test_base64_gives_back_what_was_packed_even_in_lines(raw: bytes) -> None:
    for packed in (base64.b64encode(raw), base64.encodebytes(raw)):
        assert await a_fetcher().fetch(Content(base64=packed.decode())) == raw


@pytest.mark.parametrize(
    "packed", ["abc", "ab-_", "a===", "YWJj!", "ü" * 4, "data:application/pdf;base64,YWJj", "YQ==YQ=="]
)
async def test_what_is_not_standard_base64_is_refused(packed: str) -> None:
    assert (await failure_of(Content(base64=packed))).code is ErrorCode.CONTENT_NOT_BASE64


@pytest.mark.parametrize("content", [Content(base64=""), Content(base64=" \n"), Content(text="")])
async def test_content_without_bytes_is_refused(content: Content) -> None:
    assert (await failure_of(content)).code is ErrorCode.CONTENT_EMPTY


@pytest.mark.parametrize(
    "content",
    [Content(text="ü" * 501), Content(base64=base64.b64encode(bytes(1_001)).decode()), Content(base64="A" * 9_999)],
)
async def test_inline_content_over_the_limit_is_refused(content: Content) -> None:
    assert (await failure_of(content)).code is ErrorCode.CONTENT_TOO_LARGE


async def test_content_exactly_at_the_limit_is_taken(tmp_path: Path) -> None:
    (tmp_path / "full").write_bytes(bytes(MAX_BYTES))
    fetcher = a_fetcher(tmp_path.as_uri())
    assert len(await fetcher.fetch(Content(base64=base64.b64encode(bytes(MAX_BYTES)).decode()))) == MAX_BYTES
    assert len(await fetcher.fetch(Content(uri=(tmp_path / "full").as_uri()))) == MAX_BYTES


PREFIXES = tuple(
    map(read_prefix, ["file:///srv/in/", "https://host.example/docs/", "s3://bucket/in", "http://h:8080/"])
)


@pytest.mark.parametrize(
    "uri",
    [
        "file:///srv/in/../../etc/passwd",
        "file:///srv/in/a/../../x",
        "file:///srv/in2",
        "file:///srv/in2/x",
        "file:///srv",
        "file:///srv/in/%2e%2e/%2e%2e/etc/passwd",
        "file:///srv/in/%2E%2E%2Fpasswd",
        "file:///srv/in/%252e%252e/passwd",
        "file:///srv/in/..%5c..%5cpasswd",
        "file:///srv/in/a%00.pdf",
        "file:///srv/in/\\..\\x",
        "file://other/srv/in/x",
        "file:/srv/in/x",
        "/srv/in/x",
        "srv/in/x",
        "",
        "FILE:///etc/passwd",
        "https://host.example/",
        "https://host.example/docs2/x",
        "https://host.example/docs/../admin",
        "https://host.example/docs/%25252525252e%252e/admin",
        "https://host.example@evil.example/docs/x",
        "https://user:word@host.example/docs/x",
        "https://evil.example/docs/x",
        "https://host.example.evil.example/docs/x",
        "https://host.example:444/docs/x",
        "https://host.example%2fevil/docs/x",
        "https://host.example\\@evil.example/docs/x",
        "http://host.example/docs/x",
        "https://host.example/docs/x#y",
        "https://[::1/docs/x",
        "https://host.example:x/docs/x",
        "simplecache::s3://bucket/in/x",
        "zip://x::s3://bucket/in/x.zip",
        "s3://bucket/in/x::file:///etc/passwd",
        "s3://bucket/in/x?versionId=1",
        "s3://bucket2/in/x",
        "s3://bucket/in/a\nb",
        "memory://x",
        "github://org:repo@/x",
        "data:text/plain,x",
    ],
)
def test_an_address_outside_the_prefixes_or_of_two_meanings_is_refused(uri: str) -> None:
    with pytest.raises(IntakeError) as caught:
        allowed_place(uri, PREFIXES)
    assert caught.value.code is ErrorCode.URI_NOT_ALLOWED


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///srv/in/a.pdf", "/srv/in/a.pdf"),
        ("FILE:///srv/in/a%20b.pdf", "/srv/in/a b.pdf"),
        ("file:///srv/in/M%C3%BCller/..a..pdf", "/srv/in/Müller/..a..pdf"),
        ("HTTPS://HOST.example/docs/x?id=5", "/docs/x"),
        ("s3://bucket/in/2026/x.pdf", "/in/2026/x.pdf"),
        ("s3://bucket/in", "/in"),
        ("http://h:8080/anything", "/anything"),
    ],
)
def test_an_address_under_a_prefix_is_allowed(uri: str, path: str) -> None:
    assert allowed_place(uri, PREFIXES)[0].path == path


@given(st.text(alphabet="./%2eEfF\\ \x00abc5c", max_size=30))
def test_no_spelling_climbs_out_of_a_folder(tail: str) -> None:
    try:
        place, _ = allowed_place("file:///srv/in/" + tail, PREFIXES)
    except IntakeError:
        return
    assert os.path.normpath(place.path).startswith("/srv/in")


@pytest.mark.parametrize(
    "prefix", ["file:///srv/../in", "no-such://x", "srv", "https://user:word@h/", "https://h/?a=b"]
)
def test_a_prefix_that_cannot_be_used_stops_the_start(prefix: str) -> None:
    with pytest.raises(ValueError, match="allowed prefix"):
        a_fetcher(prefix)


async def test_without_prefixes_no_uri_is_taken_and_the_sentence_says_so() -> None:
    failure = await failure_of(Content(uri="file:///etc/passwd"))
    assert failure.code is ErrorCode.URI_NOT_ALLOWED
    assert "inline" in failure.message


async def test_a_file_under_the_prefix_is_read(tmp_path: Path) -> None:
    (tmp_path / "Müller & Söhne.txt").write_bytes(b"hallo")
    uri = (tmp_path / "Müller & Söhne.txt").as_uri()
    assert await a_fetcher(tmp_path.as_uri()).fetch(Content(uri=uri)) == b"hallo"


async def test_a_prefix_may_itself_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a").write_bytes(b"hallo")
    (tmp_path / "in").symlink_to(tmp_path / "real")
    fetcher = a_fetcher((tmp_path / "in").as_uri())
    assert await fetcher.fetch(Content(uri=(tmp_path / "in" / "a").as_uri())) == b"hallo"


@pytest.mark.parametrize("link", ["file", "folder"])
async def test_a_link_out_of_the_folder_is_refused(tmp_path: Path, link: str) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (tmp_path / "secret").write_bytes(b"secret")
    (folder / "file").symlink_to(tmp_path / "secret")
    (folder / "folder").symlink_to(tmp_path)
    uri = (folder / "file" if link == "file" else folder / "folder" / "secret").as_uri()
    assert (await failure_of(Content(uri=uri), folder.as_uri())).code is ErrorCode.URI_NOT_ALLOWED


@pytest.mark.parametrize("name", ["missing", "folder", "pipe", "file/below"])
async def test_what_is_no_file_is_not_found_and_never_blocks(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_bytes(b"x")
    os.mkfifo(tmp_path / "pipe")
    failure = await failure_of(Content(uri=(tmp_path / name).as_uri()), tmp_path.as_uri())
    assert failure.code is ErrorCode.URI_NOT_FOUND
    assert not failure.retryable


async def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(bytes(MAX_BYTES + 1))
    failure = await failure_of(Content(uri=(tmp_path / "big").as_uri()), tmp_path.as_uri())
    assert failure.code is ErrorCode.CONTENT_TOO_LARGE


async def test_an_object_store_is_read_through_fsspec() -> None:
    store = fsspec.filesystem("memory")
    store.pipe("/bucket/in/a b.pdf", b"hallo")
    store.pipe("/bucket/in/big", bytes(MAX_BYTES + 1))
    prefix = "memory://bucket/in"
    assert await a_fetcher(prefix).fetch(Content(uri="memory://bucket/in/a%20b.pdf")) == b"hallo"
    assert (await failure_of(Content(uri="memory://bucket/in/no"), prefix)).code is ErrorCode.URI_NOT_FOUND
    assert (await failure_of(Content(uri="memory://bucket/in/big"), prefix)).code is ErrorCode.CONTENT_TOO_LARGE


OBJECTS = {"/inbox/in/a b.pdf": b"hallo", "/inbox/in/big": bytes(MAX_BYTES + 1), "/inbox/secret": b"no"}


class ObjectStore(BaseHTTPRequestHandler):
    """What S3 says of objects: to a HEAD their size, to a GET the bytes of a range."""

    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self.answer()

    def do_GET(self) -> None:
        self.answer()

    def answer(self) -> None:
        found = OBJECTS.get(unquote(urlsplit(self.path).path))
        status = 403 if self.headers["Authorization"].count("Credential=guest/") else 404 if found is None else 200
        body = found if found and status == 200 else b""
        if status == 200 and (span := re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))):
            body, status = body[int(span[1]) : int(span[2]) + 1], 206
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def object_store(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Run one, and give the client its address and a key."""
    fsspec.get_filesystem_class("s3").clear_instance_cache()
    with ThreadingHTTPServer(("127.0.0.1", 0), ObjectStore) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "postkorb")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        yield
        server.shutdown()
    fsspec.get_filesystem_class("s3").clear_instance_cache()


@pytest.mark.usefixtures("object_store")
async def test_objects_of_s3_are_read_with_the_clients_own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    prefix = "s3://inbox/in/"
    assert await a_fetcher(prefix).fetch(Content(uri="s3://inbox/in/a%20b.pdf")) == b"hallo"
    assert (await failure_of(Content(uri="s3://inbox/in/none.pdf"), prefix)).code is ErrorCode.URI_NOT_FOUND
    assert (await failure_of(Content(uri="s3://inbox/in/big"), prefix)).code is ErrorCode.CONTENT_TOO_LARGE
    assert (await failure_of(Content(uri="s3://inbox/secret"), prefix)).code is ErrorCode.URI_NOT_ALLOWED
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "guest")
    fsspec.get_filesystem_class("s3").clear_instance_cache()
    denied = await failure_of(Content(uri="s3://inbox/in/a%20b.pdf"), prefix)
    assert (denied.code, denied.retryable) == (ErrorCode.URI_UNREACHABLE, False)


@pytest.mark.parametrize(
    ("error", "code", "retryable"),
    [
        (OSError(5, "Input/output error"), ErrorCode.URI_UNREACHABLE, True),
        (RuntimeError("the client library's own"), ErrorCode.URI_UNREACHABLE, True),
        (PermissionError(13, "denied"), ErrorCode.URI_UNREACHABLE, False),
    ],
)
async def test_trouble_of_a_store_says_whether_to_try_again(
    monkeypatch: pytest.MonkeyPatch, error: Exception, code: ErrorCode, *, retryable: bool
) -> None:
    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(fsspec.get_filesystem_class("memory"), "info", fails)
    failure = await failure_of(Content(uri="memory://bucket/x"), "memory://bucket/")
    assert (failure.code, failure.retryable) == (code, retryable)


@asynccontextmanager
async def web_server(answer: bytes, *, then_hang: bool = False) -> AsyncIterator[tuple[str, list[bytes]]]:
    """Serve one answer to every request; give the address and the requests' first lines."""
    requests: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests.append((await reader.readuntil(b"\r\n\r\n")).splitlines()[0])
        writer.write(answer)
        if then_hang:
            await reader.read()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", requests


async def test_a_web_address_is_read_without_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    async with web_server(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhallo") as (address, requests):
        content = Content(uri=f"{address}/docs/a%20b.pdf?id=5")
        assert await a_fetcher(f"{address}/docs").fetch(content) == b"hallo"
    assert requests == [b"GET /docs/a%20b.pdf?id=5 HTTP/1.1"]


@pytest.mark.parametrize(
    ("answer", "code", "retryable"),
    [
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\n\r\n", ErrorCode.URI_NOT_ALLOWED, False),
        (b"HTTP/1.1 404 Not Found\r\n\r\n", ErrorCode.URI_NOT_FOUND, False),
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", ErrorCode.URI_UNREACHABLE, False),
        (b"HTTP/1.1 503 Service Unavailable\r\n\r\n", ErrorCode.URI_UNREACHABLE, True),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", ErrorCode.CONTENT_TOO_LARGE, False),
        (b"HTTP/1.1 200 OK\r\n\r\n" + bytes(5_000), ErrorCode.CONTENT_TOO_LARGE, False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ErrorCode.CONTENT_EMPTY, False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", ErrorCode.URI_UNREACHABLE, True),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nx", ErrorCode.URI_UNREACHABLE, False),
        (b"no HTTP\r\n\r\n", ErrorCode.URI_UNREACHABLE, True),
    ],
)
async def test_a_web_answer_that_is_no_document_fails_with_its_code(
    answer: bytes, code: ErrorCode, *, retryable: bool
) -> None:
    async with web_server(answer) as (address, requests):
        failure = await failure_of(Content(uri=f"{address}/x?signature=secret"), address)
    assert (failure.code, failure.retryable) == (code, retryable)
    assert "secret" not in failure.message
    assert len(requests) == 1


async def test_a_web_server_that_is_silent_or_away_is_unreachable_and_worth_another_try() -> None:
    async with web_server(b"HTTP/1.1 200 OK\r\n\r\nx", then_hang=True) as (address, _):
        silent = await failure_of(Content(uri=f"{address}/x"), address, seconds=0.3)
    away = await failure_of(Content(uri=f"{address}/x"), address)
    for failure in (silent, away):
        assert failure.code is ErrorCode.URI_UNREACHABLE
        assert failure.retryable


async def test_files_on_a_dead_mount_hold_up_neither_others_nor_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hung = threading.Event()
    monkeypatch.setattr(fetch, "_read_file", lambda *_: hung.wait())
    fetcher = ContentFetcher([f"file://{tmp_path}/"], 100, timeout=0.1)
    several = [fetcher.fetch(Content(uri=f"file://{tmp_path}/{number}")) for number in range(MOST_THREADS + 5)]
    failed = await asyncio.gather(*several, return_exceptions=True)
    assert {getattr(error, "code", error) for error in failed} == {ErrorCode.URI_UNREACHABLE}
    assert await asyncio.wait_for(asyncio.to_thread(lambda: "others go on"), 5) == "others go on"
    assert all(thread.daemon for thread in threading.enumerate() if thread.name == "fetch")
    hung.set()
