"""Running fetches nothing: with the network cut, a model that is here loads, and one that is not is a reason."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tiny_model import _save_tokenizer

from services.models.catalogue import model_from_folder
from services.models.fetch import fetch

START = """
import asyncio, os, sys

def cut(event, arguments):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.sendto"}:
        print("network:", event, arguments, flush=True)
        raise OSError("the network is cut")

sys.addaudithook(cut)
from services.inference.engines import in_process
from services.models.errors import ModelError
from services.settings import load_settings
from services.wiring import load_engine

class Reached(BaseException):
    pass

def start(config):
    from huggingface_hub import constants
    print("starts", config.folder, constants.HF_HUB_OFFLINE, os.environ["TRANSFORMERS_OFFLINE"])
    raise Reached

in_process._start = start
try:
    asyncio.run(load_engine(load_settings(model="smollm2-135m-instruct"), print))
except ModelError as error:
    print("missing:", error)
try:
    asyncio.run(load_engine(load_settings(), print))
except Reached:
    print("reached")
"""
"""The way to the engine as the service goes it, up to where vLLM itself would start."""


@pytest.mark.slow
def test_with_the_network_cut_a_model_loads_up_to_the_engine_and_a_missing_one_is_named(tmp_path: Path) -> None:
    pytest.importorskip("xgrammar")
    folder = tmp_path / "mine"
    folder.mkdir()
    _save_tokenizer(folder)
    (folder / "config.json").write_text(json.dumps({"model_type": "llama"}))
    (folder / "model.safetensors").write_bytes(b"never read")
    fetch(model_from_folder(folder), tmp_path / "data" / "models")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("POSTKORB_", "HF_"))}
    environment.pop("TRANSFORMERS_OFFLINE", None)
    environment |= {
        "POSTKORB_DATA_DIR": str(tmp_path / "data"),
        "POSTKORB_MODEL": str(folder),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    done = subprocess.run(
        [sys.executable, "-c", START], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    said = done.stdout.splitlines()
    assert f"starts {folder} True 1" in said, done.stderr[-2000:]
    assert said[-1] == "reached"
    assert [line for line in said if line.startswith("network:")] == []
    [missing] = [line for line in said if line.startswith("missing:")]
    assert "postkorb models fetch smollm2-135m-instruct" in missing
