"""A chat model on loopback that speaks OpenAI's or Ollama's protocol and does as its script says.

Every request takes the next `Reply` of the script; the last one serves all further requests. A
reply answers in the way it was asked for: at once, as a stream of events, as a tool call.
"""

import json
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Reply:
    """What the server does with one request."""

    text: str | None = ""
    """The reply's text; None for a reply whose content is null."""
    status: int = 200
    body: str | None = None
    """The whole body in place of a chat completion."""
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    finish: str | None = "stop"
    """How the reply ends; None: it just ends."""
    pieces: int = 5
    """In how many pieces a stream comes."""
    refusal: str | None = None
    reasoning: str | None = None
    tool: bool = False
    """The text comes as the arguments of a tool call, however it was asked for."""
    no_choices: bool = False
    usage: bool = True
    silent: float = 0.0
    """Seconds before anything is sent."""
    stops_after: int | None = None
    """Pieces after which …"""
    then: str = "end"
    """… the connection ends, is reset, or hangs."""


@dataclass
class Server:
    """The running server: its address, its script, what it was asked."""

    url: str
    script: list[Reply]
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    def next_reply(self) -> Reply:
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]

    def prompt(self, number: int = -1) -> str:
        """All messages of a request as one text."""
        return "\n".join(str(m["content"]) for m in self.requests[number]["messages"])


@contextmanager
def serve(*script: Reply) -> Iterator[Server]:
    """Run the server for as long as the block lasts."""
    http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    http.daemon_threads = True
    server = Server(f"http://127.0.0.1:{http.server_port}/v1", list(script) or [Reply()])
    http.chat = server  # type: ignore[attr-defined]
    threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield server
    finally:
        server.released.set()
        http.shutdown()
        http.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        server: Server = self.server.chat  # type: ignore[attr-defined]
        length = int(self.headers.get("content-length", 0))
        asked = json.loads(self.rfile.read(length) or b"{}")
        server.requests.append(asked)
        server.headers.append(dict(self.headers.items()))
        reply = server.next_reply()
        if reply.silent:
            server.released.wait(reply.silent)
        try:
            if reply.body is not None or reply.status != 200:
                self._whole(reply, reply.body or json.dumps({"error": {"message": "scripted"}}))
            elif self.path == "/api/chat":
                self._ollama(reply, asked)
            elif asked.get("stream"):
                self._stream(server, reply, asked)
            else:
                self._whole(reply, json.dumps(_completion(reply, asked)))
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Tests read `Server.requests` instead."""

    def _whole(self, reply: Reply, text: str) -> None:
        data = text.encode()
        self.send_response(reply.status)
        self.send_header("content-type", reply.kind)
        self.send_header("content-length", str(len(data)))
        self.send_header("connection", "close")
        self.close_connection = True
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, server: Server, reply: Reply, asked: dict[str, Any]) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True
        for number, event in enumerate(_events(reply, asked)):
            if reply.stops_after is not None and number >= reply.stops_after:
                self._stop(server, reply)
                return
            self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
            self.wfile.flush()
        if reply.finish is not None:
            self.wfile.write(b"data: [DONE]\n\n")

    def _ollama(self, reply: Reply, asked: dict[str, Any]) -> None:
        """Ollama's own protocol: one JSON object a line, the last one marked as done."""
        start = {"model": asked["model"], "created_at": "2026-01-01T00:00:00Z"}
        message = {"role": "assistant", "content": reply.text}
        lines = [{**start, "message": message, "done": False}]
        if reply.finish is not None:
            counts = {"done_reason": reply.finish, "prompt_eval_count": 100, "eval_count": 20}
            end = {"role": "assistant", "content": ""}
            lines.append({**start, "message": end, "done": True, **counts})
        text = "".join(json.dumps(line) + "\n" for line in lines)
        self._whole(replace(reply, kind="application/x-ndjson"), text)

    def _stop(self, server: Server, reply: Reply) -> None:
        if reply.then == "hang":
            server.released.wait(20)
        elif reply.then == "reset":
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()


def _message(reply: Reply, text: str | None, asked: dict[str, Any]) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": text}
    if reply.tool:
        tools = asked.get("tools") or [{"function": {"name": "statements"}}]
        call = {"name": tools[0]["function"]["name"], "arguments": text or ""}
        message["content"] = None
        message["tool_calls"] = [{"index": 0, "id": "call_1", "type": "function", "function": call}]
    if reply.refusal:
        message["refusal"] = reply.refusal
    if reply.reasoning:
        message["reasoning_content"] = reply.reasoning
    return message


def _envelope(kind: str, asked: dict[str, Any]) -> dict[str, Any]:
    model = asked.get("model", "scripted")
    return {"id": "chat-1", "object": kind, "created": int(time.time()), "model": model}


def _completion(reply: Reply, asked: dict[str, Any]) -> dict[str, Any]:
    choice = {
        "index": 0,
        "message": _message(reply, reply.text, asked),
        "finish_reason": reply.finish,
    }
    choices = [] if reply.no_choices else [choice]
    return {**_envelope("chat.completion", asked), "choices": choices, "usage": _usage()}


def _events(reply: Reply, asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    text = reply.text
    size = max(1, -(-len(text or "") // reply.pieces))
    pieces = [text[n : n + size] for n in range(0, len(text), size)] if text else [text]
    envelope = _envelope("chat.completion.chunk", asked)
    for number, piece in enumerate(pieces):
        delta = _message(reply, piece, asked)
        if number:
            delta.pop("role")
            for call in delta.get("tool_calls", []):
                call.pop("id")
                call["function"].pop("name")
        choice = {"index": 0, "delta": delta, "finish_reason": None}
        yield {**envelope, "choices": [] if reply.no_choices else [choice]}
    if reply.finish is not None:
        last = {"index": 0, "delta": {}, "finish_reason": reply.finish}
        yield {**envelope, "choices": [] if reply.no_choices else [last]}
    if reply.usage and asked.get("stream_options", {}).get("include_usage"):
        yield {**envelope, "choices": [], "usage": _usage()}


def _usage() -> dict[str, int]:
    return {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
