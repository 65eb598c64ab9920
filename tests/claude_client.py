"""The real Claude Code client, headless, against a model that is a script: the tool calls it makes, then "Done.".

What the model is sent is recorded, so a test sees what Claude would have read after the hooks ran. Only 127.0.0.1 is
spoken to, each run has a home of its own, and nothing is left running. The client comes from the npm registry (or
inside a wheel from PyPI), is 381 MB large, and is kept in a private folder between runs:

    python tests/claude_client.py      install it, print where it is

`CACHELINT_CLAUDE` names a client that is there already.
"""

from __future__ import annotations

import http.server
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NPM_PACKAGE = "@anthropic-ai/claude-code@2.1.330"
WHEEL = "claude-agent-sdk==0.2.187"
CALL_ID = "toolu_scripted_"
SECONDS = 60
Call = tuple[str, dict[str, Any]]


def folder() -> Path:
    """Where the client is kept."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "cachelint-tests" / NPM_PACKAGE.rpartition("@")[2]


def installed() -> Path | None:
    """The client that is there, never one that merely lies on the PATH."""
    if os.environ.get("CACHELINT_CLAUDE"):
        return Path(os.environ["CACHELINT_CLAUDE"])
    places = ("node_modules/@anthropic-ai/claude-code-*/claude", "claude_agent_sdk/_bundled/claude")
    return next((path for place in places for path in sorted(folder().glob(place))), None)


def install() -> Path:
    """The client, fetched when it is not there. Raises RuntimeError saying why it cannot be."""
    said = ""
    for command in [_npm(), _pip()] if installed() is None else []:
        try:
            said = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False).stderr
        except (OSError, subprocess.TimeoutExpired) as error:
            said = str(error)
        if installed():
            break
    found = installed()
    if found is None:
        raise RuntimeError(f"the Claude Code client cannot be installed: {said.strip()[-300:]}")
    return found


def _npm() -> list[str]:
    return ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(folder()), NPM_PACKAGE]


def _pip() -> list[str]:
    quiet = ("--quiet", "--disable-pip-version-check", "--no-input", "--no-deps")
    return [sys.executable, "-m", "pip", "install", *quiet, "--target", str(folder()), WHEEL]


@dataclass
class Run:
    """What came of a run. `results` are the texts of the tool results, in order, with whether each is an error;
    `reminders` are the other texts that the model was sent, `notices` those for the user, `raw` is all that the client
    said."""

    version: str
    results: list[tuple[bool, str]] = field(default_factory=list)
    reminders: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    raw: str = ""


def run(
    client: Path, project: Path, calls: Sequence[Call], path: str, plugin: Path | None = None, mode: str = "acceptEdits"
) -> Run:
    """Let the client make some tool calls, one after another, in a project. `path` is its PATH."""
    with tempfile.TemporaryDirectory() as home:
        model = _Model(list(calls))
        environment = _environment(home, model.port, path)
        command = [str(client), "-p", "Please make the change.", "--output-format", "stream-json", "--verbose"]
        command += ["--include-hook-events", "--model", "claude-sonnet-4-5", "--permission-mode", mode]
        command += ["--max-turns", "8", "--strict-mcp-config"]
        command += ["--plugin-dir", str(plugin)] if plugin else []
        try:
            output = _output(command, project, environment)
        finally:
            model.close()
    return _run(output, model.requests)


def _environment(home: str, port: int, path: str) -> dict[str, str]:
    nowhere = "http://127.0.0.1:9"
    return {
        "PATH": path,
        "HOME": home,
        "TMPDIR": home,
        "LANG": "C.UTF-8",
        "TERM": "dumb",
        "ANTHROPIC_BASE_URL": f"http://127.0.0.1:{port}",
        "ANTHROPIC_API_KEY": "no-key",
        "DISABLE_TELEMETRY": "1",
        "DISABLE_ERROR_REPORTING": "1",
        "DISABLE_AUTOUPDATER": "1",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "IS_SANDBOX": "1",
        "HTTP_PROXY": nowhere,
        "HTTPS_PROXY": nowhere,
        "NO_PROXY": "127.0.0.1,localhost",
    }


def _output(command: list[str], project: Path, environment: dict[str, str]) -> str:
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = subprocess.Popen(command, cwd=project, env=environment, start_new_session=True, **pipes)  # type: ignore[call-overload]
    try:
        out, err = process.communicate(timeout=SECONDS)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    if not out:
        raise RuntimeError(f"the client said nothing: {err.decode('utf-8', 'replace')[-500:]}")
    return str(out.decode("utf-8", "replace"))


def _run(output: str, requests: list[dict[str, Any]]) -> Run:
    events = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    version = next((e["claude_code_version"] for e in events if e.get("subtype") == "init"), "")
    run = Run(version, raw=output)
    run.notices = [str(e.get("content", e)) for e in events if "says" in str(e) or "systemMessage" in str(e)]
    conversations = [request.get("messages") or [] for request in requests if _is_main(request)]
    for block in _blocks(max(conversations, key=len, default=[])):
        if block.get("type") == "tool_result" and str(block.get("tool_use_id")).startswith(CALL_ID):
            run.results.append((bool(block.get("is_error")), _text(block.get("content"))))
        elif block.get("type") == "text" and block.get("role") == "user":
            run.reminders.append(block["text"])
    return run


def _is_main(request: dict[str, Any]) -> bool:
    return bool({"Read", "Write", "Edit"} & {tool.get("name") for tool in request.get("tools") or []})


def _blocks(messages: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for message in messages:
        content = message.get("content")
        for block in [{"type": "text", "text": content}] if isinstance(content, str) else content or []:
            yield {**block, "role": message.get("role")}


def _text(content: Any) -> str:
    return content if isinstance(content, str) else "\n".join(block.get("text", "") for block in content or [])


class _Model:
    """The Messages API with a script: the next call is read from the conversation, so that retries and side requests
    cannot shift it."""

    def __init__(self, calls: list[Call]) -> None:
        self.calls = calls
        self.requests: list[dict[str, Any]] = []
        self.answers = 0
        self.lock = threading.Lock()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def _handler(self) -> type[http.server.BaseHTTPRequestHandler]:
        model = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments: object) -> None:
                pass

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)) or b"{}")
                kind, data = model.answer(self.path.partition("?")[0], body)
                self.send_response(200 if kind else 404)
                self.send_header("content-type", kind or "application/json")
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        return Handler

    def answer(self, path: str, body: dict[str, Any]) -> tuple[str, bytes]:
        """(content type, body) of the answer to one request."""
        if path.endswith("/count_tokens"):
            return "application/json", b'{"input_tokens": 100}'
        if path != "/v1/messages":
            return "", b"{}"
        with self.lock:
            self.requests.append(body)
            self.answers += 1
        block = self._next(body)
        stop = "tool_use" if block["type"] == "tool_use" else "end_turn"
        message = {"id": f"msg_{self.answers}", "type": "message", "role": "assistant", "model": body.get("model")}
        message |= {"content": [block], "stop_reason": stop, "stop_sequence": None, "usage": dict(_USAGE)}
        if body.get("stream"):
            return "text/event-stream", _stream(message, block, stop)
        return "application/json", json.dumps(message).encode()

    def _next(self, body: dict[str, Any]) -> dict[str, Any]:
        if not _is_main(body):
            return {"type": "text", "text": "ok"}
        results = [block for block in _blocks(body.get("messages") or []) if block.get("type") == "tool_result"]
        done = sum(str(block.get("tool_use_id")).startswith(CALL_ID) for block in results)
        if done >= len(self.calls):
            return {"type": "text", "text": "Done."}
        name, said = self.calls[done]
        return {"type": "tool_use", "id": f"{CALL_ID}{done}", "name": name, "input": said}


_USAGE = {"input_tokens": 10, "output_tokens": 10, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0}


def _stream(message: dict[str, Any], block: dict[str, Any], stop: str) -> bytes:
    is_call = block["type"] == "tool_use"
    delta = {"type": "input_json_delta", "partial_json": json.dumps(block["input"])} if is_call else None
    events: list[tuple[str, dict[str, Any]]] = [
        ("message_start", {"message": {**message, "content": [], "stop_reason": None}}),
        (
            "content_block_start",
            {"index": 0, "content_block": {**block, **({"input": {}} if is_call else {"text": ""})}},
        ),
        ("content_block_delta", {"index": 0, "delta": delta or {"type": "text_delta", "text": block["text"]}}),
        ("content_block_stop", {"index": 0}),
        ("message_delta", {"delta": {"stop_reason": stop, "stop_sequence": None}, "usage": {"output_tokens": 10}}),
        ("message_stop", {}),
    ]
    return "".join(f"event: {name}\ndata: {json.dumps({'type': name, **data})}\n\n" for name, data in events).encode()


if __name__ == "__main__":
    if shutil.which("npm") is None:
        print("npm is not there; trying the wheel", file=sys.stderr)
    print(install())
