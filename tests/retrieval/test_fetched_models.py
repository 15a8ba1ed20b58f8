"""Models fetched on purpose, from a server on this machine."""

import hashlib
import json
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from assistant.cli import main
from assistant.retrieval import fetched_models
from assistant.retrieval.fetched_models import ModelFile, NamedModel, get_model, named_models
from assistant.settings import load_settings

MODEL, TOKENIZER = bytes(range(256)) * 4_000, b'{"model": {}}'


class Handler(BaseHTTPRequestHandler):
    """Gives files, in ranges where asked, and breaks off after `server.breaks_after` bytes."""

    def do_GET(self):
        self.server.asked.append((self.path, self.headers.get("Range")))
        content = self.server.files.get(self.path)
        if content is None:
            self.send_error(404)
            return
        begun = int((self.headers.get("Range") or "bytes=0-")[6:-1]) if self.server.ranges else 0
        if begun >= len(content):
            self.send_error(416)
            return
        self.send_response(206 if begun else 200)
        self.send_header("Content-Length", str(len(content) - begun))
        self.end_headers()
        self.wfile.write(content[begun : begun + self.server.breaks_after])

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch, tmp_path):
    """A server with one model, which is the only one that has a name."""
    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.asked, made.ranges, made.breaks_after = [], True, 2 * len(MODEL)
    made.files = {"/x/model_qint8.onnx": MODEL, "/x/tokenizer.json": TOKENIZER}
    thread = Thread(target=made.serve_forever, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{made.server_address[1]}/x/"
    digest = hashlib.sha256(MODEL).hexdigest()
    made.known = NamedModel(
        "small",
        "REGIONAL_DX_EMBEDDING",
        "MIT",
        address,
        (
            ModelFile("model.onnx", f"{address}model_qint8.onnx", len(MODEL), digest),
            ModelFile("tokenizer.json", f"{address}tokenizer.json"),
        ),
    )
    monkeypatch.setattr(fetched_models, "named_models", lambda: (made.known,))
    monkeypatch.setenv("REGIONAL_DX_DATA", str(tmp_path / "data"))
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


def refused(capsys, *command):
    assert main(["models", "get", *map(str, command)]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    error, remedy = shown.err.splitlines()[-2:]
    assert (error[:4], remedy[:3]) == ("エラー:", "対処:")
    return f"{error}\n{remedy}"


def content(tmp_path):
    folder = tmp_path / "data" / "models" / "small"
    return (folder / "model.onnx").read_bytes(), (folder / "tokenizer.json").read_bytes()


def test_a_model_arrives_with_the_record_of_where_it_came_from(server, capsys, tmp_path):
    assert main(["models", "get", "small", "--accept-sha256"]) == 0
    shown = capsys.readouterr()
    assert "REGIONAL_DX_EMBEDDING を onnx:small に" in shown.out
    assert content(tmp_path) == (MODEL, TOKENIZER)
    record = json.loads((tmp_path / "data/models/small/source.json").read_text(encoding="utf-8"))
    digests = [hashlib.sha256(held).hexdigest() for held in (MODEL, TOKENIZER)]
    assert [file["sha256"] for file in record["files"]] == digests
    assert digests[1] in shown.err
    assert digests[0] not in shown.err
    asked = list(server.asked)
    assert main(["models", "get", "small"]) == 0
    assert server.asked == asked
    assert not (tmp_path / "data/models/small.part").exists()


def test_a_sha256_that_nobody_wrote_down_is_shown_and_asked_for(server, capsys, tmp_path):
    assert hashlib.sha256(TOKENIZER).hexdigest() in refused(capsys, "small")
    assert not (tmp_path / "data/models/small").exists()
    asked = list(server.asked)
    assert main(["models", "get", "small", "--accept-sha256"]) == 0
    assert server.asked == asked  # what had arrived is used


@pytest.mark.parametrize("ranges", [True, False])
def test_what_broke_off_goes_on_from_there(server, capsys, tmp_path, ranges):
    server.breaks_after, server.ranges = 300_000, ranges
    assert "続きから" in refused(capsys, "small", "--accept-sha256")
    server.breaks_after = 2 * len(MODEL)
    assert main(["models", "get", "small", "--accept-sha256"]) == 0
    assert content(tmp_path) == (MODEL, TOKENIZER)
    assert server.asked[1] == ("/x/model_qint8.onnx", "bytes=300000-")


@pytest.mark.parametrize("fault", [MODEL[::-1], MODEL + b"x", MODEL[:-1]])
def test_another_file_is_refused_and_not_kept(server, capsys, tmp_path, fault):
    server.files["/x/model_qint8.onnx"] = fault
    assert "SHA-256" in refused(capsys, "small", "--accept-sha256")
    assert not (tmp_path / "data/models/small").exists()
    server.files["/x/model_qint8.onnx"] = MODEL
    assert main(["models", "get", "small", "--accept-sha256"]) == 0
    assert content(tmp_path) == (MODEL, TOKENIZER)


def test_no_network_and_no_such_file_are_two_lines(server, capsys):
    del server.files["/x/tokenizer.json"]
    assert "404" in refused(capsys, "small", "--accept-sha256")
    server.shutdown()
    server.server_close()
    assert "--from" in refused(capsys, "small", "--accept-sha256")
    assert "small" in refused(capsys, "unknown")


@pytest.mark.parametrize("packed", [False, True])
def test_a_folder_or_a_zip_does_as_well(server, capsys, tmp_path, packed):
    held = tmp_path / "held"
    (held / "onnx").mkdir(parents=True)
    (held / "onnx" / "model_qint8.onnx").write_bytes(MODEL)
    (held / "onnx" / "model.onnx").write_bytes(b"of 32 bits")
    (held / "onnx" / "tokenizer.json").write_bytes(b"another")
    assert "model_qint8.onnx" in refused(capsys, "small", "--from", tmp_path / "none")
    (held / "tokenizer.json").write_bytes(TOKENIZER)
    source = tmp_path / "held.zip" if packed else held
    if packed:
        with zipfile.ZipFile(source, "w") as archive:
            for path in sorted(held.rglob("*")):
                archive.write(path, Path("top") / path.relative_to(held))
    server.breaks_after = 300_000
    refused(capsys, "small")  # what has arrived of it is given up
    server.asked.clear()
    assert main(["models", "get", "small", "--from", str(source), "--accept-sha256"]) == 0
    assert content(tmp_path) == (MODEL, TOKENIZER)
    assert server.asked == []
    kept = {path.name for path in (tmp_path / "data/models/small").iterdir()}
    assert kept == {"model.onnx", "tokenizer.json", "source.json"}


def test_a_full_disk_is_two_lines(server, capsys, tmp_path):
    (tmp_path / "data").write_bytes(b"a file where the folder belongs")
    assert "REGIONAL_DX_DATA" in refused(capsys, "small")


def test_the_list_says_what_each_costs(server, capsys):
    assert main(["models", "list"]) == 0
    shown = capsys.readouterr().out
    assert "利用条件 MIT" in shown
    assert "約1 MB以上" in shown
    get_model("small", load_settings(), accept=lambda _: True)
    assert main(["models", "list", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row["fetched"] is True


def test_every_named_model_can_be_opened_once_it_is_there():
    for model in named_models():
        assert {file.path for file in model.files} == {"model.onnx", "tokenizer.json"}
        assert all(file.url.startswith(f"{model.page}/resolve/") for file in model.files)
        assert all("/main/" not in file.url for file in model.files)
        assert all(len(file.sha256 or "0" * 64) == 64 for file in model.files)
