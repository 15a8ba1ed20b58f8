"""Text of documents and models is data: nothing in it becomes markup."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from assistant.ui.inert import label

HOSTILE = "<img src=x onerror=alert(1)> [押す](javascript:alert(1)) **太** $x$"


def shown(call: str) -> str:
    page = AppTest.from_string(f"from assistant.ui.inert import *\n{call}\n").run()
    assert not page.exception
    return page.get("html")[0].proto.body


@pytest.mark.parametrize(
    "call",
    [
        f"paragraph({HOSTILE!r})",
        f"marked({HOSTILE!r}, {HOSTILE!r}, {HOSTILE!r})",
        f"pairs([({HOSTILE!r}, {HOSTILE!r})])",
        f"statement({HOSTILE!r}, {HOSTILE!r}, [{HOSTILE!r}], worded=False)",
    ],
)
def test_no_tag_of_the_text_reaches_the_page(call):
    body = shown(call)
    assert "<img" not in body
    assert "&lt;img" in body


def test_every_mark_of_markdown_is_switched_off_in_labels():
    marks = r"\`*_{}[]()#+-.!|~<>$:&@/"
    assert label(marks).replace("\u2060", "") == "".join(f"\\{mark}" for mark in marks)
    assert label("町の\n計画 ") == "町の 計画"


@pytest.mark.parametrize("text", ["http://e.jp/x", "www.e.jp", "town@e.jp", "https://e.jp"])
def test_no_address_in_a_label_stays_whole_for_a_link(text):
    shown = label(text).replace("\\", "")
    assert shown != text
    assert shown.replace("\u2060", "") == text
    assert not re.search(r"https?://|www\.e|town@", shown)
