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

from scripted import answer

MODEL = "scripted"


@dataclass
class ScriptedServer:
    """A running server.

    Parameters
    ----------
    seconds
        How long each answer takes; may be changed at any time.
    prompts
        What it was asked, oldest first.
    """

    url: str
    seconds: float = 0.0
    prompts: list[str] = field(default_factory=list)


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
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._respond({"data": [{"id": MODEL, "max_model_len": 4096, "sha256": "0" * 64}]})

    def do_POST(self) -> None:
        script: ScriptedServer = self.server.script  # type: ignore[attr-defined]
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        prompt = asked["messages"][-1]["content"]
        script.prompts.append(prompt)
        time.sleep(script.seconds)
        self._respond(completion(prompt, asked["response_format"]["json_schema"]["schema"]))

    def _respond(self, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        with suppress(ConnectionError):  # the asking process was killed, as tests do
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def completion(prompt: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Answer as a server does: with log-probabilities and usage."""
    text = answer(prompt, schema)
    tokens = [{"token": part, "logprob": -0.01} for part in re.findall(r"\w+|\W", text)]
    choice = {"message": {"content": text}, "finish_reason": "stop", "logprobs": {"content": tokens}}
    usage = {"prompt_tokens": len(prompt) // 4 + 1, "completion_tokens": len(tokens)}
    return {"choices": [choice], "usage": usage}
