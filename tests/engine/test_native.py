"""Of a model that the engine has itself, no code runs that its configuration names, even if it lies beside it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tiny_model import make_tiny_model

from services.models.catalogue import load_catalogue
from services.models.native import installed
from services.models.verify import ModelUnsafeError, refuse_code

pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.timeout(300)]

TRAP = """
import os, pathlib
pathlib.Path(os.environ["TRAP"]).touch()
from transformers import PreTrainedConfig
class Config(PreTrainedConfig): model_type = "own"
"""
LOAD = """
import os, pathlib, sys
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer
from vllm.config import ModelConfig
folder, trap = sys.argv[1], pathlib.Path(os.environ["TRAP"])
loaded = AutoModelForCausalLM.from_pretrained(folder, trust_remote_code=False)
AutoTokenizer.from_pretrained(folder, trust_remote_code=False)
config = ModelConfig(model=folder, trust_remote_code=False)
found, _ = config.registry.resolve_model_cls(config.architectures, config)
print(type(loaded).__module__, type(config.hf_config).__module__, found.__module__, trap.exists())
AutoConfig.from_pretrained(folder, trust_remote_code=True)  # here the trap must close, or it proves nothing
print(trap.exists())
"""


@pytest.mark.parametrize("family", ["deepseek_v2", "phi3"])
def test_no_code_of_a_model_runs_that_the_engine_has_itself(family: str, tmp_path: Path) -> None:
    folder = make_tiny_model(tmp_path / "model", 2048, family=family)
    asks = json.loads((folder / "config.json").read_text())
    assert asks["auto_map"]
    refuse_code(folder)
    for name in ("configuration_own", "modeling_own"):
        (folder / f"{name}.py").write_text(TRAP)
    with pytest.raises(ModelUnsafeError):
        refuse_code(folder)
    environment = os.environ | {"TRAP": str(tmp_path / "trap"), "HF_MODULES_CACHE": str(tmp_path / "modules")}
    done = subprocess.run(
        [sys.executable, "-c", LOAD, str(folder)], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    said, closed = done.stdout.strip().splitlines()[-2:]
    assert said.split() == [
        f"transformers.models.{family}.modeling_{family}",
        f"transformers.models.{family}.configuration_{family}",
        f"vllm.model_executor.models.{family}",
        "False",
    ]
    assert closed == "True"


def test_the_installed_engine_has_every_model_of_the_catalogue_itself() -> None:
    native = installed()
    known = {entry.config.model_type for entry in load_catalogue().values() if entry.config}
    assert known <= native.model_types
    for name in ("Llama", "Mistral", "Phi3", "Qwen2", "DeepseekV2", "DeepseekV3"):
        assert f"{name}ForCausalLM" in native.architectures
    assert "PhiForCausalLM" not in native.architectures  # vLLM has transformers compute it
    assert "OwnForCausalLM" not in native.architectures
