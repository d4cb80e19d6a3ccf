"""What the installed engine has itself: of a model that it has, no code that comes with the model is ever needed.

A configuration with `auto_map` names classes in Python files of the model's repository. Read in vLLM 0.32 and
transformers 5.19: with `trust_remote_code=False` these are used nowhere. transformers takes its own class for a
`model_type` that it has, and raises otherwise (`resolve_trust_remote_code`). vLLM imports its own module for an
architecture of its registry, and looks at `auto_map` only for one that is not there, through the same function.

`python -m services.models.native` prints what is there: importing both takes seconds, and memory that goes
with the process.
"""

import functools
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from services.models.errors import ModelError

DEADLINE_SECONDS: Final = 300
"""Far above the 25 s of a cold disk."""

BY_TRANSFORMERS: Final = "vllm.model_executor.models.transformers"
"""vLLM's module for models that it has not: transformers computes them."""


class EngineUnknownError(ModelError, RuntimeError):
    """What the installed engine has cannot be found out; the message says why."""


@dataclass(frozen=True, slots=True)
class Native:
    """Names by which configurations ask for what is there.

    Parameters
    ----------
    architectures
        That vLLM computes itself.
    model_types
        Of which transformers has the configuration's class.
    """

    architectures: frozenset[str]
    model_types: frozenset[str]

    def lacks(self, config: Mapping[str, Any]) -> str | None:
        """Say what of a `config.json` would need code from elsewhere; None if nothing."""
        model_type, architectures = config.get("model_type"), config.get("architectures")
        if not isinstance(model_type, str) or model_type not in self.model_types:
            return f"the installed transformers has no model_type {model_type!r}"
        if not isinstance(architectures, list) or not architectures:
            return "it names no `architectures`"
        unknown = [str(name) for name in architectures if not isinstance(name, str) or name not in self.architectures]
        return f"the installed vLLM has no {', '.join(unknown)} of its own" if unknown else None


@functools.cache
def installed() -> Native:
    """Ask the installed libraries, in a process of its own. Blocks: seconds.

    Raises
    ------
    EngineUnknownError
        If they are not installed, or do not say.
    """
    command = [sys.executable, "-P", "-m", "services.models.native"]  # -P: nothing is imported from where we stand
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        done = subprocess.run(  # noqa: S603  (our own module, no shell)
            command, capture_output=True, text=True, env=environment, timeout=DEADLINE_SECONDS, check=True
        )
        said = json.loads(done.stdout.strip().rpartition("\n")[2])
        return Native(frozenset(said["architectures"]), frozenset(said["model_types"]))
    except (OSError, subprocess.SubprocessError, ValueError, LookupError) as error:
        words = (getattr(error, "stderr", None) or str(error)).strip().rpartition("\n")[2]
        message = f"which models the installed engine has itself cannot be found out: {words}"
        raise EngineUnknownError(message) from error


def main() -> None:
    """Print the names in this process."""
    from transformers import CONFIG_MAPPING  # noqa: PLC0415  (seconds: only the process that tells pays them)
    from vllm.model_executor.models.registry import ModelRegistry  # noqa: PLC0415  (as above)

    own = [
        name
        for name, model in ModelRegistry.models.items()
        if getattr(model, "module_name", BY_TRANSFORMERS) != BY_TRANSFORMERS
    ]
    sys.stdout.write(f"{json.dumps({'architectures': own, 'model_types': list(CONFIG_MAPPING)})}\n")


if __name__ == "__main__":
    main()
