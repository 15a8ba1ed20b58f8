"""A judge for tests: speaks the OpenAI protocol on loopback and answers by simple rules.

It reads Ragas' prompts as the model would: the last ``input: {…}`` block. A sentence follows from a
context when its characters, folded, stand in it.
"""

import json
import re
import threading
import unicodedata
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class JudgeServer(ThreadingHTTPServer):
    """Answers until closed; `fails(prompt)` decides which requests get an HTTP 500."""

    daemon_threads = True

    def __init__(self, fails=lambda prompt: False):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.fails = fails
        self.prompts = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        prompt = body["messages"][-1]["content"]
        self.server.prompts.append(prompt)
        if self.server.fails(prompt):
            self._send(500, {"error": {"message": "scripted failure"}})
            return
        message = {"role": "assistant", "content": json.dumps(verdict(prompt), ensure_ascii=False)}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        usage = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
        self._send(
            200,
            {
                "id": "1",
                "object": "chat.completion",
                "created": 0,
                "model": body["model"],
                "choices": [choice],
                "usage": usage,
            },
        )

    def _send(self, status, value):
        data = json.dumps(value, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


def verdict(prompt):
    """What a literal-minded judge answers to one of Ragas' prompts."""
    given = json.loads(prompt.rpartition("input: ")[2].partition("\nOutput:")[0])
    if "statements" in given:
        return {
            "statements": [
                {"statement": s, "reason": "-", "verdict": _follows(s, given["context"])}
                for s in given["statements"]
            ]
        }
    if "atomicity" in given:
        return {"claims": _sentences(given["response"])}
    if "context" in given:
        if '"attributed"' in prompt:
            return {
                "classifications": [
                    {"statement": s, "reason": "-", "attributed": _follows(s, given["context"])}
                    for s in _sentences(given["answer"])
                ]
            }
        return {"reason": "-", "verdict": _follows(given["answer"], given["context"])}
    if "question" in given:
        return {"statements": _sentences(given["answer"])}
    evasive = any(word in given["response"] for word in ("見つかりません", "書かれていません"))
    return {"question": given["response"], "noncommittal": int(evasive)}


def _sentences(text):
    bare = re.sub(r"\[\d+\]|\((?:案|要約)\)", "", text)
    return [part for part in re.split(r"(?<=。)|\n", bare) if part.strip()]


def _follows(statement, context):
    return int(_bare(statement) in _bare(context))


def _bare(text):
    return re.sub(r"[\s。、]", "", unicodedata.normalize("NFKC", text))
