"""Text of documents, models and people on the screen: always data, never markup.

`st.html` receives escaped text between tags written here; a widget's label, which Streamlit reads
as Markdown, goes through `label`. The pages show text that was not written in them in no other way.
"""

import re
from html import escape

import streamlit as st

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>$:&@/])")
_ADDRESS = re.compile(r"://|(?<=www)\.|@")
_BLANK_LINES = re.compile(r"\n\s*\n+")


def label(text: str) -> str:
    """Text for the label of a widget, on one line, all Markdown in it switched off.

    Addresses become links even when escaped: an invisible character (word joiner) parts them.
    """
    return _MARKDOWN.sub(r"\\\1", _ADDRESS.sub("\u2060\\g<0>", " ".join(text.split())))


def paragraph(text: str, kind: str = "text") -> None:
    """Show text with its line breaks; `kind` names its look in style.css."""
    st.html(f'<div class="dx-{kind}">{escape(text)}</div>')


def marked(before: str, quote: str, after: str) -> None:
    """Show a passage with the quote in it marked by colour, underline and brackets."""
    st.html(
        '<div class="dx-passage">'
        f"{escape(_fewer_lines(before).lstrip())}<mark>{escape(_fewer_lines(quote))}</mark>"
        f"{escape(_fewer_lines(after))}</div>"
    )


def pairs(rows: list[tuple[str, str]]) -> None:
    """Show names with their values, one a line."""
    items = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows)
    st.html(f'<dl class="dx-pairs">{items}</dl>')


def _fewer_lines(text: str) -> str:
    return _BLANK_LINES.sub("\n", text)


def statement(text: str, said_by: str | None, stages: list[str], *, worded: bool) -> None:
    """Show a statement: who said it, its words, and the stage of what it rests on.

    Args:
        text: the statement.
        said_by: whose words or view it is; None for a document's own text.
        stages: what must stand beside it, see `labels.marks`.
        worded: somebody else worded it: then it is no quotation of the one who said it.
    """
    told = "の発言:" if worded else ":"
    voice = f'<span class="dx-voice">{escape(said_by)}{told}</span>' if said_by else ""
    words = f"「{text}」" if said_by and not worded else text
    marks = "".join(f'<span class="dx-stage">{escape(stage)}</span>' for stage in stages)
    st.html(f'<div class="dx-text">{voice}{escape(words)}{marks}</div>')
