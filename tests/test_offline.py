"""Nothing is sent, and nothing is loaded that a command does not need."""

import json
import os
import subprocess
import sys

import pytest

HEAVY = [
    *("chromadb", "tantivy", "llama_index", "langchain_core", "sudachipy", "spacy"),
    *("pypdf", "pypdfium2", "numpy", "pydantic", "tiktoken"),
]

RUN = """
import json, sys
from assistant.cli import main
try:
    code = main({arguments!r})
except SystemExit as stopped:
    code = stopped.code
loaded = {{name.partition(".")[0] for name in sys.modules}}
print(json.dumps([code, sorted(loaded)]), file=sys.stderr)
"""

NO_NETWORK = """
import sys
def refuse(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"):
        raise RuntimeError(f"{event} {arguments}")
sys.addaudithook(refuse)
"""


def python(script, **environment):
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        check=True,
        encoding="utf-8",
        env={**os.environ, **environment},
    )
    return done.stdout, done.stderr


def loaded_by(*arguments):
    """Exit code of a command and the packages it has loaded, in a process of its own."""
    _, err = python(RUN.format(arguments=[str(argument) for argument in arguments]))
    code, loaded = json.loads(err.splitlines()[-1])
    return code, set(loaded)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ANONYMIZED_TELEMETRY", "False"),
        ("DO_NOT_TRACK", "1"),
        ("HF_HUB_DISABLE_TELEMETRY", "1"),
        ("HF_HUB_OFFLINE", "1"),
        ("LANGCHAIN_TRACING_V2", "false"),
        ("LANGSMITH_TRACING", "false"),
        ("RAGAS_DO_NOT_TRACK", "true"),
        ("STREAMLIT_BROWSER_GATHER_USAGE_STATS", "false"),
    ],
)
def test_telemetry_is_off_after_the_import_whatever_it_was_before(name, value):
    script = f"import os, assistant; print(os.environ[{name!r}])"
    assert python(script, **{name: "on"})[0].strip() == value


def test_importing_the_package_loads_no_library():
    script = "import assistant, sys, json; print(json.dumps(sorted(sys.modules)))"
    assert not set(json.loads(python(script)[0])) & set(HEAVY)


@pytest.mark.parametrize("command", [["--help"], ["ask", "--help"]])
def test_help_loads_no_library(command):
    code, loaded = loaded_by(*command)
    assert code == 0
    assert not loaded & set(HEAVY)


def test_asking_an_index_loads_no_library_it_does_not_need(index_root):
    code, loaded = loaded_by("ask", "補助率と上限額はいくらですか", "--index", index_root)
    assert code == 0
    assert "chromadb" in loaded
    assert not loaded & {"llama_index", "langchain_core", "spacy", "pypdf", "pypdfium2"}


def test_asking_a_current_default_index_loads_neither_llama_index_nor_spacy(home):
    from assistant import Assistant

    Assistant.open().close()
    code, loaded = loaded_by("ask", "コンソーシアムには誰に入ってもらうべきですか")
    assert code == 0
    assert not loaded & {"llama_index", "spacy", "pypdf", "pypdfium2"}


def test_an_ingest_without_changes_loads_neither_llama_index_nor_spacy(index_root, documents):
    code, loaded = loaded_by("ingest", documents, "--index", index_root)
    assert code == 0
    assert not loaded & {"llama_index", "spacy"}


def test_nothing_is_looked_up_or_connected_to(tmp_path, documents):
    root, script = tmp_path / "index", NO_NETWORK
    for arguments in (
        ["ingest", str(documents), "--index", str(root)],
        ["search", "補助率", "--index", str(root)],
        ["ask", "補助率と上限額はいくらですか", "--index", str(root), "--json"],
    ):
        script += RUN.format(arguments=arguments)
    out, err = python(script)
    assert [json.loads(line)[0] for line in err.splitlines()] == [0, 0, 0]
    assert json.loads(out.splitlines()[-1])["refused"] is False
