"""What a service says: in its log, and in its metrics."""

import json
from contextlib import suppress
from typing import Any

from faults.replica import Replica
from prometheus_client.parser import text_string_to_metric_families

ALL = 1_000_000


def said(replica: Replica, event: str) -> list[dict[str, Any]]:
    """Give the lines about an event since `start`, oldest first; a line that is cut is not among them."""
    found = []
    for line in replica.log(ALL).splitlines():
        with suppress(ValueError):
            found.append(json.loads(line))
    return [item for item in found if isinstance(item, dict) and item.get("event") == event]


def measured(replica: Replica, name: str) -> float | None:
    """Give a metric as `/metrics` has it, the sum of all its labels; None if there is no such one."""
    answer = replica.health("/metrics")
    families = text_string_to_metric_families(answer.text if answer else "")
    found = [sample.value for family in families for sample in family.samples if sample.name == name]
    return sum(found) if found else None
