"""What the style sheets inside a web page and its style attributes say of an element.

Only what hides or strikes words, or numbers a list, is looked for; nothing is fetched. Selectors
are matched by the HTML parser; rules of the cascade are followed as far as one page needs them.
"""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

_PROPERTIES = {
    "display": "display",
    "visibility": "visibility",
    "content-visibility": "content-visibility",
    "font-size": "font-size",
    "opacity": "opacity",
    "mso-hide": "mso-hide",
    "clip": "clip",
    "clip-path": "clip-path",
    "left": "left",
    "position": "position",
    "text-decoration": "text-decoration",
    "text-decoration-line": "text-decoration",
    "list-style": "list-style",
    "list-style-type": "list-style",
    "content": "content",
}
_COMMENT = re.compile(r"/\*.*?(?:\*/|$)|<!--|-->", re.DOTALL)
_BRACES = re.compile(r"[{}]")
_PSEUDO_ELEMENT = re.compile(r"::?(?:before|after)\s*$", re.IGNORECASE)
_COMMA = re.compile(r",(?![^(\[]*[)\]])")
_IDS = re.compile(r"#[\w-]")
_CLASSES = re.compile(r"\.[\w-]|\[|(?<!:):(?!:|not|is|where)[a-z]")
_TYPES = re.compile(r"(?:^|[\s>+~(])[a-z][\w-]*", re.IGNORECASE)
_WIDTH = re.compile(r"\(\s*(?P<edge>min|max)-width\s*:\s*(?P<size>[\d.]+)(?P<unit>px|em|rem)\s*\)")
_SCREEN = 1280
"""Width in px of the screen a page is read for."""
_DEEPEST = 8

# Important, in the element itself, ids, classes, types, order: the higher one holds.
_Rank = tuple[bool, bool, int, int, int, int]
_Declaration = tuple[str, str, bool]


class Styles:
    """The declared values of a page's elements."""

    def __init__(self, tree: LexborHTMLParser) -> None:
        """Match the rules of all style elements of a page."""
        self._values: dict[int, dict[str, tuple[_Rank, str]]] = {}
        self.generated: set[int] = set()
        """`mem_id` of elements before or after which a style sheet writes words."""
        order = 0
        for sheet in tree.css("style"):
            if not _applies(sheet.attributes.get("media") or ""):
                continue
            for selectors, body in _rules(_COMMENT.sub("", sheet.text()), 0):
                declared = list(_declarations(body))
                for selector in _COMMA.split(selectors) if declared else ():
                    order += 1
                    self._match(tree, selector.strip(), declared, order)

    def of(self, node: LexborNode) -> dict[str, str]:
        """Values by property, in lower case; what is not declared is missing."""
        own = node.attributes.get("style")
        given = self._values.get(node.mem_id, {})
        if not own:
            return {name: value for name, (_, value) in given.items()}
        values = dict(given)
        for name, value, important in _declarations(own):
            _set(values, name, value, (important, True, 0, 0, 0, 0))
        return {name: value for name, (_, value) in values.items()}

    def _match(
        self, tree: LexborHTMLParser, selector: str, declared: list[_Declaration], order: int
    ) -> None:
        plain = _PSEUDO_ELEMENT.sub("", selector)
        try:
            nodes = tree.css(plain or "*")
        except SelectolaxError:  # not known to the parser, and to older browsers
            return
        if plain != selector:
            if any(name == "content" and _has_words(value) for name, value, _ in declared):
                self.generated.update(node.mem_id for node in nodes)
            return
        weight = (
            len(_IDS.findall(plain)),
            len(_CLASSES.findall(plain)),
            len(_TYPES.findall(plain)),
        )
        for node in nodes:
            values = self._values.setdefault(node.mem_id, {})
            for name, value, important in declared:
                _set(values, name, value, (important, False, *weight, order))


def _set(values: dict[str, tuple[_Rank, str]], name: str, value: str, rank: _Rank) -> None:
    if name not in values or values[name][0] <= rank:
        values[name] = (rank, value)


def _rules(css: str, depth: int) -> Iterator[tuple[str, str]]:
    """Selectors and declarations, those inside at-rules that hold for a screen included."""
    position = 0
    while (start := css.find("{", position)) >= 0:
        prelude = css[position:start].rpartition(";")[2].strip()
        end = _closing(css, start)
        body = css[start + 1 : end]
        position = end + 1
        if not prelude.startswith("@"):
            yield prelude, body
            continue
        name, _, condition = prelude[1:].partition(" ")
        within = name in {"supports", "layer"} or (name == "media" and _applies(condition))
        if within and depth < _DEEPEST:
            yield from _rules(body, depth + 1)


def _closing(css: str, start: int) -> int:
    """Where the block that begins at `start` ends."""
    depth = 0
    for brace in _BRACES.finditer(css, start):
        depth += 1 if brace[0] == "{" else -1
        if not depth:
            return brace.start()
    return len(css)


def _applies(media: str) -> bool:
    """Whether a list of media queries holds for a screen of a desk."""
    return any(_holds(query.strip().lower()) for query in media.split(","))


def _holds(query: str) -> bool:
    for width in _WIDTH.finditer(query):
        size = float(width["size"]) * (1 if width["unit"] == "px" else 16)
        if (width["edge"] == "min") != (size <= _SCREEN):
            return False
    rest = _WIDTH.sub("", query)
    words = set(re.findall(r"[a-z-]+", rest))
    return "(" not in rest and words <= {"all", "screen", "only", "and"}


def _declarations(body: str) -> Iterator[_Declaration]:
    for declaration in body.split(";"):
        name, colon, value = declaration.partition(":")
        known = _PROPERTIES.get(name.strip().lower())
        if known and colon:
            text = value.strip().lower()
            plain = re.sub(r"\s*!\s*important$", "", text)
            yield known, plain, plain != text


def _has_words(content: str) -> bool:
    """Whether generated content holds words: signs of icon fonts are written as escapes."""
    quoted = re.findall(r"\"([^\"]*)\"|'([^']*)'", content)
    return any(c.isalnum() for pair in quoted for c in re.sub(r"\\[0-9a-f]+", "", "".join(pair)))
