"""The latest values of a service's metrics in one small JSON file, for `doctor` and the demo."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from tempfile import mkstemp
from typing import Any


def write_snapshot(path: Path, snapshot: Mapping[str, Any]) -> None:
    """Replace the file in one step: a reader sees the old one or the new one, never half of it.

    Raises
    ------
    OSError
        If the disk does not take it; the old file stays.
    """
    descriptor, name = mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    try:
        with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123  (a descriptor, not a path)
            file.write(json.dumps(snapshot, default=str))  # in C: what writes piecemeal or indents is Python
        os.replace(name, path)  # noqa: PTH105  (mkstemp gives a name)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
