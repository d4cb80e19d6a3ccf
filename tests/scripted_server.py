"""An OpenAI-compatible server that answers as `scripted` does: real services get an engine without a model."""

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from scripted import BEGUN, CUT_OFF, INVALID, REFUSED, answer

MODEL = "scripted"
HANGS = "SCRIPT-HANGS"
"""A document with this is not answered until the server's `release` is called."""

BROKEN = "SCRIPT-BROKEN"
"""A document with this gets status 500, as from a server with a fault of its own."""

OUTSIDE_SCHEMA = "SCRIPT-OUTSIDE-SCHEMA"
"""A document with this gets JSON that its schema does not allow, as from a server without a grammar."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request.

    Parameters
    ----------
    at
        Seconds since 1970.
    """

    prompt: str
    at: float
    model: str = MODEL


@dataclass
class ScriptedServer:
    """A running server; the texts above and those of `scripted` in a document misguide it.

    Parameters
    ----------
    seconds
        How long each answer takes; may be changed at any time.
    answering
        Without it every request gets status 500; may be changed at any time.
    sensible
        Without it no answer is JSON; may be changed at any time.
    others
        Names of further models that it offers; `adapters`, of adapters of the first.
    asked
        What it was asked, oldest first.
    """

    url: str
    seconds: float = 0.0
    answering: bool = True
    sensible: bool = True
    others: list[str] = field(default_factory=list)
    adapters: list[str] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    _released: threading.Event = field(default_factory=threading.Event)

    @property
    def prompts(self) -> list[str]:
        """The prompts alone, oldest first."""
        return [one.prompt for one in self.asked]

    def release(self) -> None:
        """Answer those that hang, and let none hang from now on."""
        self._released.set()

    def hold(self) -> None:
        """Let documents with `HANGS` hang again, as they do at the start."""
        self._released.clear()

    def wait(self, prompt: str) -> None:
        """Take the time that the answer to a prompt takes."""
        if HANGS in prompt:
            self._released.wait()
        time.sleep(self.seconds)


@contextmanager
def scripted_server() -> Iterator[ScriptedServer]:
    """Run a server in a thread, on a port of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    script = server.script = ScriptedServer(f"http://127.0.0.1:{server.server_port}")  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield script
    finally:
        script.release()
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        script: ScriptedServer = self.server.script  # type: ignore[attr-defined]
        cards: list[dict[str, Any]] = [{"id": MODEL, "max_model_len": 4096, "sha256": "0" * 64}]
        cards += [{"id": name, "max_model_len": 2048} for name in script.others]
        cards += [{"id": name, "max_model_len": None, "parent": MODEL} for name in script.adapters]
        self._respond({"data": cards})

    def do_POST(self) -> None:
        script: ScriptedServer = self.server.script  # type: ignore[attr-defined]
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        prompt = asked["messages"][-1]["content"]
        script.asked.append(Asked(prompt, time.time(), asked["model"]))
        script.wait(prompt)
        if BROKEN in prompt or not script.answering:
            self._respond({"error": {"message": "the script is broken"}}, 500)
        elif REFUSED in prompt:
            self._respond({"error": {"message": "the script refuses"}}, 400)
        else:
            text = text_for(prompt, asked["response_format"]["json_schema"]["schema"]) if script.sensible else "{"
            self._respond(completion(prompt, text))

    def _respond(self, body: dict[str, Any], status: int = 200) -> None:
        content = json.dumps(body).encode()
        with suppress(ConnectionError):  # the asking process was killed, as tests do
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def text_for(prompt: str, schema: dict[str, Any]) -> str:
    """Give the text that the model would write."""
    if INVALID in prompt:
        return "{"
    if CUT_OFF in prompt:
        return answer(prompt, schema)[:BEGUN]
    return '{"nonsense":1}' if OUTSIDE_SCHEMA in prompt else answer(prompt, schema)


def completion(prompt: str, text: str) -> dict[str, Any]:
    """Answer as a server does: with log-probabilities and usage."""
    finish = "length" if CUT_OFF in prompt else "stop"
    tokens = [{"token": part, "logprob": -0.01} for part in re.findall(r"\w+|\W", text)]
    choice = {"message": {"content": text}, "finish_reason": finish, "logprobs": {"content": tokens}}
    usage = {"prompt_tokens": len(prompt) // 4 + 1, "completion_tokens": len(tokens)}
    return {"choices": [choice], "usage": usage}
