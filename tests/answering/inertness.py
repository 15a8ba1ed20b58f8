"""Whether a text can do anything when it is rendered: links, images, HTML, code, math."""

import re
import unicodedata

from markdown_it import MarkdownIt

_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
_ACTIVE = {"link_open", "image", "html_inline", "html_block", "fence", "code_block", "code_inline"}
# What renderers link of themselves (GFM), and what KaTeX takes for math.
_BARE = re.compile(r"[a-z][a-z0-9+.-]*://|www\.|\$|\\\(|\\\[|[\w.+-]+@[\w-]+\.", re.IGNORECASE)
_INVISIBLE = {"Cf", "Cc", "Co", "Cs"}


def active_parts(text):
    """What would be more than plain text once rendered; empty for an inert text."""
    tokens = _MARKDOWN.parse(text)
    kinds = [t.type for top in tokens for t in (top, *(top.children or ()))]
    found = [kind for kind in kinds if kind in _ACTIVE]
    found += _BARE.findall(text)
    found += [hex(ord(c)) for c in text if unicodedata.category(c) in _INVISIBLE and c != "\n"]
    return found
