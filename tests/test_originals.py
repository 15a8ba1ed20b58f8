"""Keeping originals: what comes over HTTP from a real server on loopback, and what is refused."""

import hashlib
import socket
import threading
import tomllib
import zipfile
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO

import pytest

from assistant.errors import FetchError, InputError
from assistant.ingest.catalog import load_catalog
from assistant.originals import add_original
from assistant.settings import Settings

PDF = b"%PDF-1.7\n" + b"x" * 3000
TEXT = "みどり市通信網整備計画（案）\n\n令和6年4月24日\n\n通信網を整備する。\n".encode()


def office(main):
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("[Content_Types].xml", f'<Override ContentType="application/{main}"/>')
    return file.getvalue()


class Handler(BaseHTTPRequestHandler):
    """Gives `server.pages[path]`: (status, headers, body), or a function that answers itself."""

    def do_GET(self):
        self.server.asked.append((self.headers["Host"], self.path))
        page = self.server.pages.get(self.path.partition("?")[0], (404, {}, b"none"))
        if callable(page):
            page(self)
            return
        status, headers, body = page
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.pages, server.asked = {}, []
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def settings(tmp_path):
    return Settings(originals=tmp_path / "originals", fetch_loopback=True, fetch_megabytes=1)


def rows(settings):
    text = (settings.originals_folder / "catalog.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["original"]


def stored(settings):
    return sorted(
        path.name for path in settings.originals_folder.iterdir() if not path.name.startswith(".")
    )


def test_a_document_is_kept_with_its_provenance(server, settings):
    server.pages["/plan.pdf"] = (200, {}, PDF)
    kept = add_original(f"{server.url}/plan.pdf?v=2", settings)
    assert kept.path.read_bytes() == PDF
    [row] = rows(settings)
    assert isinstance(row.pop("retrieved"), datetime)
    assert row == {
        "file": "plan.pdf",
        "url": f"{server.url}/plan.pdf?v=2",
        "sha256": hashlib.sha256(PDF).hexdigest(),
        "media_type": "application/pdf",
        "bytes": len(PDF),
    }
    [entry] = load_catalog(settings.originals_folder / "catalog.toml")
    assert (entry.sha256, entry.url) == (row["sha256"], row["url"])


def test_the_final_address_is_kept_after_redirects(server, settings):
    server.pages["/old"] = (302, {"Location": "/new/plan.pdf"}, b"")
    server.pages["/new/plan.pdf"] = (200, {}, PDF)
    assert add_original(f"{server.url}/old", settings).url == f"{server.url}/new/plan.pdf"


def test_the_same_content_is_kept_once(server, settings):
    server.pages["/a.pdf"] = server.pages["/b.pdf"] = (200, {}, PDF)
    add_original(f"{server.url}/a.pdf", settings)
    again = add_original(f"{server.url}/b.pdf", settings)
    assert (again.known, again.path.name) == (True, "a.pdf")
    assert stored(settings) == ["a.pdf", "catalog.toml"]
    assert len(rows(settings)) == 1


def test_another_content_under_the_same_name_is_kept_beside(server, settings):
    for body in (PDF, PDF + b"y"):
        server.pages["/plan.pdf"] = (200, {}, body)
        add_original(f"{server.url}/plan.pdf", settings)
    second = f"plan-{hashlib.sha256(PDF + b'y').hexdigest()[:8]}.pdf"
    assert [row["file"] for row in rows(settings)] == ["plan.pdf", second]


@pytest.mark.parametrize(
    ("path", "headers", "body", "name"),
    [
        ("/plan", {}, PDF, "plan.pdf"),
        ("/download.php", {}, PDF, "download.php.pdf"),
        ("/d", {"Content-Disposition": "attachment; filename*=UTF-8''%E8%A8%88%E7%94%BB.pdf"},
         PDF, "計画.pdf"),
        ("/d", {"Content-Disposition": 'attachment; filename="../../etc/passwd"'}, PDF,
         "passwd.pdf"),
        ("/d", {"Content-Disposition": 'attachment; filename="CON.pdf"'}, PDF, "CON_.pdf"),
        ("/.hidden.pdf", {}, PDF, "hidden.pdf"),
        ("/", {}, b"<!DOCTYPE html><html><body>x</body></html>", "document.html"),
        ("/plan.txt", {}, TEXT, "plan.txt"),
        ("/plan.csv", {}, TEXT, "plan.csv"),
        ("/plan.md", {"Content-Type": "application/octet-stream"}, TEXT, "plan.md"),
        ("/plan.docx", {}, office("wordprocessingml.document.main+xml"), "plan.docx"),
        ("/plan.bin", {}, office("spreadsheetml.sheet.main+xml"), "plan.bin.xlsx"),
        ("/plan.pdf", {"Content-Type": "text/html"}, PDF, "plan.pdf"),
    ],
)  # fmt: skip
def test_the_type_follows_from_the_content_and_the_name_is_safe(
    server, settings, path, headers, body, name
):
    server.pages[path] = (200, headers, body)
    assert add_original(server.url + path, settings).path.name == name


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/plan.pdf", b"<html><body>login</body></html>"),
        ("/plan.docx", TEXT),
        ("/photo.png", b"\x89PNG\r\n\x1a\n" + bytes(500)),
        ("/old.doc", b"\xd0\xcf\x11\xe0" + bytes(500)),
        ("/archive.zip", office("zip")),
        ("/empty.txt", b""),
    ],
)
def test_what_is_no_document_is_refused_and_leaves_nothing(server, settings, path, body):
    server.pages[path] = (200, {}, body)
    with pytest.raises(InputError, match="中身が"):
        add_original(server.url + path, settings)
    assert stored(settings) == []


def test_an_address_that_is_not_there_is_an_error(server, settings):
    with pytest.raises(FetchError, match="404"):
        add_original(f"{server.url}/missing.pdf", settings)
    assert stored(settings) == []


def test_a_circle_of_redirects_ends(server, settings):
    server.pages["/a"] = (302, {"Location": "/a"}, b"")
    with pytest.raises(FetchError, match="転送が5回"):
        add_original(f"{server.url}/a", settings)


def endless(handler):
    handler.send_response(200)
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(PDF)
    except OSError:
        return


@pytest.mark.parametrize("page", [(200, {"Content-Length": "2000000"}, PDF), endless])
def test_a_document_over_the_limit_is_refused(server, settings, page):
    server.pages["/large.pdf"] = page
    with pytest.raises(FetchError, match="上限1 MB"):
        add_original(f"{server.url}/large.pdf", settings)
    assert stored(settings) == []


def test_a_body_that_is_cut_off_is_refused(server, settings):
    def cut_off(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(PDF) + 10))
        handler.end_headers()
        handler.wfile.write(PDF)

    server.pages["/plan.pdf"] = cut_off
    with pytest.raises(FetchError, match="最後まで取得できません"):
        add_original(f"{server.url}/plan.pdf", settings)
    assert stored(settings) == []


def silent(handler):
    handler.server.released.wait(10)


def dripping(handler):
    handler.send_response(200)
    handler.end_headers()
    try:
        while not handler.server.released.wait(0.02):
            handler.wfile.write(b"%PDF")
            handler.wfile.flush()
    except OSError:
        return


@pytest.mark.parametrize("page", [silent, dripping])
def test_a_server_that_takes_too_long_is_given_up(server, settings, page):
    server.released = threading.Event()
    server.pages["/slow.pdf"] = page
    with pytest.raises(FetchError, match="時間がかかりすぎた"):
        add_original(f"{server.url}/slow.pdf", settings.model_copy(update={"fetch_seconds": 0.3}))
    server.released.set()


def test_this_machine_is_refused_unless_a_test_allows_it(server, settings):
    server.pages["/plan.pdf"] = (200, {}, PDF)
    strict = settings.model_copy(update={"fetch_loopback": False})
    for host in ("127.0.0.1", "localhost"):
        with pytest.raises(FetchError, match="庁内やこのパソコン"):
            add_original(f"http://{host}:{server.server_port}/plan.pdf", strict)
    assert server.asked == []


@pytest.mark.parametrize(
    "host",
    ["10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
     "[::ffff:10.0.0.1]", "[fe80::1]", "[fd00::1]", "[64:ff9b::a00:1]", "224.0.0.1"],
)  # fmt: skip
def test_private_addresses_are_refused_directly_and_by_redirect(server, settings, host):
    with pytest.raises(FetchError, match="庁内やこのパソコン"):
        add_original(f"http://{host}/plan.pdf", settings)
    server.pages["/plan.pdf"] = (302, {"Location": f"http://{host}/plan.pdf"}, b"")
    with pytest.raises(FetchError, match="庁内やこのパソコン"):
        add_original(f"{server.url}/plan.pdf", settings)


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1"])
def test_odd_ways_of_writing_this_machine_are_refused(settings, host, monkeypatch):
    # What the system's resolver makes of them.
    found = [(socket.AF_INET, 1, 6, "", ("127.0.0.1", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    strict = settings.model_copy(update={"fetch_loopback": False})
    with pytest.raises(FetchError, match="庁内やこのパソコン"):
        add_original(f"http://{host}/plan.pdf", strict)


def test_a_name_is_resolved_once_and_connected_to_as_checked(server, settings, monkeypatch):
    """DNS rebinding: the second look-up of the name would lead elsewhere."""
    server.pages["/plan.pdf"] = (200, {}, PDF)
    answers = iter(["127.0.0.1", "10.0.0.1"])
    looked_up = []
    resolve = socket.getaddrinfo

    def rebinding(name, *arguments, **options):
        if name != "plans.example":
            return resolve(name, *arguments, **options)
        looked_up.append(name)
        return [(socket.AF_INET, 1, 6, "", (next(answers), 80))]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    url = f"http://plans.example:{server.server_port}/plan.pdf"
    assert add_original(url, settings).url == url
    assert looked_up == ["plans.example"]
    assert server.asked == [(f"plans.example:{server.server_port}", "/plan.pdf")]


def test_a_name_that_has_a_private_address_among_others_is_refused(settings, monkeypatch):
    found = [(socket.AF_INET, 1, 6, "", (address, 80)) for address in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(FetchError, match="庁内やこのパソコン"):
        add_original("https://plans.example/plan.pdf", settings)


def test_a_name_that_does_not_exist_is_an_error(settings, monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(FetchError, match="相手が見つかりません"):
        add_original("https://plans.example/plan.pdf", settings)


@pytest.mark.parametrize(
    "url", ["ftp://example.jp/plan.pdf", "file:///etc/passwd", "https://", "http://u:p@example.jp/"]
)
def test_other_addresses_are_refused(settings, url):
    with pytest.raises(FetchError):
        add_original(url, settings)


def test_a_redirect_to_another_scheme_is_refused(server, settings):
    server.pages["/plan.pdf"] = (302, {"Location": "file:///etc/passwd"}, b"")
    with pytest.raises(FetchError):
        add_original(f"{server.url}/plan.pdf", settings)


def test_a_file_of_ones_own_is_kept_without_an_address(tmp_path, settings):
    (tmp_path / "計画.txt").write_bytes(TEXT)
    kept = add_original(str(tmp_path / "計画.txt"), settings)
    assert (kept.path.name, kept.url) == ("計画.txt", None)
    assert "url" not in rows(settings)[0]


def test_a_file_that_is_not_there_or_too_large_is_an_error(tmp_path, settings):
    for name in (str(tmp_path / "missing.pdf"), str(tmp_path), "a" * 5000, "~nosuch/x", "a\0b"):
        with pytest.raises(InputError, match="ファイルがないか"):
            add_original(name, settings)
    (tmp_path / "large.pdf").write_bytes(PDF * 400)
    with pytest.raises(InputError, match="上限1 MB"):
        add_original(str(tmp_path / "large.pdf"), settings)


def test_many_at_once_lose_no_row(server, settings):
    for number in range(8):
        server.pages[f"/{number}.pdf"] = (200, {}, PDF + bytes([65 + number]))
    threads = [
        threading.Thread(target=add_original, args=(f"{server.url}/{number}.pdf", settings))
        for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rows(settings)) == 8
