"""The real means: an HTTP download that goes on where it stopped, and uv on local wheels."""

import io
import os
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from services.models.catalogue import HubSource, PackagePart
from services.models.sources import SourceError, download, find_uv, install, listing
from services.models.verify import ignore_progress

CONTENT = bytes(range(256)) * 40
SOURCE = HubSource(id="owner/model", file="model.gguf")
FILE = "model.gguf"


class Hub(BaseHTTPRequestHandler):
    """Serves one file, whole or from an offset."""

    def do_GET(self) -> None:
        if not self.path.endswith("/owner/model/resolve/main/model.gguf"):
            self.send_error(404)
            return
        start = int((self.headers["range"] or "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        self.send_response(206 if start else 200)
        self.send_header("content-length", str(len(CONTENT) - start))
        self.end_headers()
        self.wfile.write(CONTENT[start:])

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    constants = pytest.importorskip("huggingface_hub.constants")
    monkeypatch.setattr(constants, "ENDPOINT", url)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", url + "/{repo_id}/resolve/{revision}/{filename}")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    yield url
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.usefixtures("hub")
@pytest.mark.parametrize("here", [0, 1000, len(CONTENT) - 1])
def test_a_download_goes_on_where_it_stopped(tmp_path: Path, here: int) -> None:
    file = tmp_path / "part"
    if here:
        file.write_bytes(CONTENT[:here])
    seen: list[tuple[str, int, int]] = []
    download(SOURCE, FILE, file, lambda *step: seen.append(step))
    assert file.read_bytes() == CONTENT
    assert seen[-1] == ("download", len(CONTENT), len(CONTENT))


@pytest.mark.usefixtures("hub")
def test_a_model_that_the_hub_does_not_have_is_a_reason(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"owner/other.*404"):
        download(HubSource(id="owner/other", file=FILE), FILE, tmp_path / "part", ignore_progress)


def test_a_hub_that_is_switched_off_is_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    constants = pytest.importorskip("huggingface_hub.constants")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(SourceError, match="HF_HUB_OFFLINE"):
        download(SOURCE, FILE, tmp_path / "part", ignore_progress)
    with pytest.raises(SourceError, match="HF_HUB_OFFLINE"):
        listing(SOURCE)


def test_whatever_the_hubs_library_raises_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    hub = pytest.importorskip("huggingface_hub")

    class ConnectError(Exception):
        """As a client for HTTP has it that is not ours."""

    def away(*_: object, **__: object) -> None:
        message = "no way to the hub"
        raise ConnectError(message)

    monkeypatch.setattr(hub.constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(hub.HfApi, "list_repo_tree", away)
    with pytest.raises(SourceError, match=f"{SOURCE.id}: no way to the hub"):
        listing(SOURCE)


def test_uv_that_is_nowhere_is_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    with pytest.raises(SourceError, match="pip install uv"):
        find_uv(tmp_path)


def make_wheel(folder: Path) -> None:
    info = "tiny_part-1.0.dist-info"
    with zipfile.ZipFile(folder / "tiny_part-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tiny_part/data/part.bin", CONTENT)
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny-part\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")


@pytest.fixture
def uv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Find the machine's uv and let it see local wheels alone."""
    data = Path(__file__).parents[3] / os.environ.get("POSTKORB_DATA_DIR", ".postkorb")
    try:
        found = find_uv(data / "uv" / "bin")
    except SourceError as error:
        pytest.skip(str(error))
    make_wheel(tmp_path)
    monkeypatch.setenv("UV_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("UV_NO_INDEX", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    return found


def test_a_package_is_unpacked_into_its_folder(tmp_path: Path, uv: Path) -> None:
    part = PackagePart(name="tiny-part", version="1.0", file="tiny_part/data/part.bin")
    install(part, tmp_path / "target", uv)
    assert (tmp_path / "target" / part.file).read_bytes() == CONTENT


def make_source(folder: Path, backend: str) -> None:
    """Write a package of source code, whose own build backend runs when it is made a wheel."""
    files = {
        "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "own"\nbackend-path = ["."]\n',
        "PKG-INFO": "Metadata-Version: 2.1\nName: code-part\nVersion: 1.0\n",
        "own.py": backend,
    }
    with tarfile.open(folder / "code_part-1.0.tar.gz", "w:gz") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(f"code_part-1.0/{name}")
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))


def test_a_package_of_source_code_is_refused_and_none_of_it_runs(tmp_path: Path, uv: Path) -> None:
    ran = tmp_path / "ran"
    make_source(tmp_path, f"open({str(ran)!r}, 'w').close()")
    part = PackagePart(name="code-part", version="1.0", file="code_part/data/part.bin")
    with pytest.raises(SourceError, match="uv failed"):
        install(part, tmp_path / "target", uv)
    assert not ran.exists()


def test_a_package_that_is_not_there_is_a_reason(tmp_path: Path, uv: Path) -> None:
    part = PackagePart(name="tiny-part", version="2.0", file="tiny_part/data/part.bin")
    with pytest.raises(SourceError, match=r"package tiny-part 2\.0: uv failed"):
        install(part, tmp_path / "target", uv)
