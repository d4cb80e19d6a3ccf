"""GGUF to safetensors, which vLLM on a CPU wants. Runs as a process of its own: it takes memory and gives it back.

`python -m services.models.conversion FILE FOLDER` prints a line `done total` after each stage.
"""

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Final

from services.models.errors import ModelError
from services.models.verify import Progress

STAGES: Final = 4
DEADLINE_SECONDS: Final = 1800
"""Far above the 60 s that 1.5 billion parameters take on two cores."""


class ConversionError(ModelError, RuntimeError):
    """A GGUF file that could not be converted; the message ends with the converter's own words."""


def convert(gguf: Path, folder: Path, on_progress: Progress) -> None:
    """Convert a model into `folder`.

    Memory: about three times the weights' size in 16 bits at its peak.

    Raises
    ------
    ConversionError
        If the converter fails, or was killed because it took longer than `DEADLINE_SECONDS`.
    """
    on_progress("convert", 0, STAGES)
    command = [sys.executable, "-m", "services.models.conversion", str(gguf), str(folder)]
    environment = os.environ | {
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    log = folder.parent / "conversion.log"
    with log.open("w+") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment)  # noqa: S603  (our own module, no shell)
        deadline = threading.Timer(DEADLINE_SECONDS, process.kill)
        deadline.start()
        try:
            for line in process.stdout or ():
                if line.startswith("stage "):
                    on_progress("convert", int(line.split()[1]), STAGES)
            code = process.wait()
        finally:
            deadline.cancel()
            process.kill()
            process.wait()
    if code != 0:
        words = log.read_text("utf-8", errors="replace").strip().splitlines()[-1:]
        message = f"converting {gguf.name} failed with code {code}: {' '.join(words) or 'no message'} (see {log})"
        raise ConversionError(message)


def main(gguf: Path, folder: Path) -> None:
    """Convert in this process, printing each stage when it is reached."""
    import torch  # noqa: PLC0415  (five seconds: only the process that converts pays them)
    from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: PLC0415  (as above)

    _reached(1)
    model = AutoModelForCausalLM.from_pretrained(str(gguf.parent), gguf_file=gguf.name, dtype=torch.bfloat16)
    _reached(2)
    model.hf_quantizer = None  # type: ignore[assignment]  # the weights are plain from here on
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    model.save_pretrained(str(folder))
    _reached(3)
    AutoTokenizer.from_pretrained(str(gguf.parent), gguf_file=gguf.name).save_pretrained(str(folder))
    _reached(STAGES)


def _reached(stage: int) -> None:
    sys.stdout.write(f"stage {stage}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
