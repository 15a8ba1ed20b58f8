"""Cited answers on regional DX (地域DX) for Japanese municipalities.

The package in reading order::

    records, errors, settings    what flows, the error tree, REGIONAL_DX_* settings
    filenames                    names given by others → names of files
    child                        our own modules as processes of their own
    japanese/                    pure text knowledge: width, sentences, dates, numbers, words
    question/                    a question as typed → what it says, names and restricts
    ingest/                      file → pages → sections and turns → chunks
    retrieval/                   chunks → Chroma (vectors) + Tantivy (words) → passages
    prompts/                     what models are told, as checked files
    answering/                   passages → statements, each grounded in a verified quote
    planning/                    a brief and a template → a plan, its gaps named
    export/                      records as JSON, text, Markdown, Word and filled forms
    sources                      paths → files, each content once
    indexing                     files → the next generation of an index
    originals                    addresses → files kept with where they came from
    feedback                     what people thought of answers, kept on this machine
    assistant                    Assistant: opens an index and answers
    verify                       an index checked in a process of its own
    cli/, ui/                    the ``regional-dx`` command; the web app

Imports point down this list only (checked by import-linter). Telemetry of every library is switched
off here, before any of them can be imported.
"""

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.assistant import Assistant

__all__ = ["Assistant"]

_TELEMETRY_OFF = {
    "ANONYMIZED_TELEMETRY": "False",  # Chroma
    "CHROMA_OTEL_COLLECTION_ENDPOINT": "",
    "DO_NOT_TRACK": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
    "LANGCHAIN_TRACING_V2": "false",
    "LANGSMITH_TRACING": "false",
    "RAGAS_DO_NOT_TRACK": "true",
    "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
}
os.environ.update(_TELEMETRY_OFF)
# NumPy's products here take a millisecond; shared among threads they wait for each other as soon as
# the machine is busy (95th percentile of a search at load 8: 68 ms, with one thread 35).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def __getattr__(name: str) -> Any:
    """Import `Assistant` on first use: ``regional-dx --help`` must not load the libraries."""
    if name == "Assistant":
        from assistant.assistant import Assistant

        return Assistant
    raise AttributeError(name)
