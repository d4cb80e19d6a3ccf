"""An engine that reads `name: value` lines instead of thinking: for tests of everything but the engine."""

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from services.inference.engines.port import EngineError, EngineIdentity, Generation, Prompt, Token

INVALID = "SCRIPT-INVALID-JSON"
CUT_OFF = "SCRIPT-CUT-OFF"
REFUSED = "SCRIPT-REFUSED"
BEGUN = 8
"""Characters of an answer that is cut off: no member of it is whole by then."""


class ScriptedEngine:
    """Answers from the lines of the document, with certainty.

    Parameters
    ----------
    seconds
        How long each answer takes.
    """

    context_tokens = 4096
    side_by_side = 16
    trouble = None

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.prompts: list[Prompt] = []
        self.most_at_once = 0
        self._at_once = 0
        self.identity = EngineIdentity("scripted", "0" * 64, {"engine": "scripted"})

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text) // 4 + 1 for text in texts]

    def check_schema(self, name: str, schema: Mapping[str, Any]) -> None:
        json.dumps([name, schema])

    async def generate(self, prompt: Prompt) -> Generation:
        self.prompts.append(prompt)
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            await asyncio.sleep(self.seconds)
        finally:
            self._at_once -= 1
        if REFUSED in prompt.user:
            message = "the script refuses"
            raise EngineError(message)
        text = "{" if INVALID in prompt.user else answer(prompt.user, prompt.schema)
        if CUT_OFF in prompt.user:
            text = text[:BEGUN]
        finish = "length" if CUT_OFF in prompt.user else "stop"
        tokens = [Token(part, -0.01) for part in re.findall(r"\w+|\W", text)]
        return Generation(text, finish, len(prompt.user) // 4, len(tokens), 0, self.seconds, tokens)  # type: ignore[arg-type]

    async def close(self) -> None:
        """Nothing to free."""


def answer(document: str, schema: Mapping[str, Any]) -> str:
    """Fill a schema from the document's `name: value` lines; a second question from `again_name: value`, if there.

    Rows are its lines `copied: description | amount`.
    """
    if "rows" in schema["properties"]:
        rows = re.findall(r"^copied: (.+) \| (.+)$", document, re.MULTILINE)
        return json.dumps({"rows": [{"description": words, "amount": amount} for words, amount in rows]})
    said = dict(re.findall(r"^(\w+): (.+)$", document, re.MULTILINE))
    if schema["properties"].keys().isdisjoint(("document_type", "summary")):
        said |= {name.removeprefix("again_"): value for name, value in said.items() if name.startswith("again_")}
    filled = {name: said.get(name, _otherwise(name, rules)) for name, rules in schema["properties"].items()}
    return json.dumps(filled, ensure_ascii=False, separators=(",", ":"))


def _otherwise(name: str, rules: Mapping[str, Any]) -> str:
    if name == "summary":
        return "Kurz gesagt: ein Brief."
    return rules["enum"][-1] if "enum" in rules else ""


def letter(document_type: str, **values: str) -> str:
    """Write a document that the scripted engine can read."""
    return "\n".join([f"document_type: {document_type}", *(f"{name}: {value}" for name, value in values.items())])
