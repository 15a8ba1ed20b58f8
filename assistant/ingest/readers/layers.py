"""Layers of a PDF (optional content): what stands on a layer that is switched off is taken out.

pdfium reads the words of every layer, so pages that use a hidden one are written anew without it.
After ISO 32000-1, 8.11. Runs in the child process only.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pypdf
from pypdf.generic import (
    ArrayObject,
    ContentStream,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    StreamObject,
)

_DEEPEST_FORM = 15
_SHOWS_TEXT = {b"Tj", b"TJ", b"'", b'"'}
_Operation = tuple[list[Any], bytes]


def without_hidden_layers(reader: pypdf.PdfReader) -> tuple[bytes, int] | None:
    """A copy of a file without what its hidden layers hold.

    Args:
        reader: an open file, unlocked.

    Returns:
        the copy and how many times words were left out; None where nothing is hidden.
    """
    hidden = _hidden_groups(reader)
    if not hidden:
        return None
    writer = pypdf.PdfWriter(clone_from=reader)
    # The copy has numbers of its own.
    hidden = _hidden_groups(writer)
    cleaner = _Cleaner(writer, hidden)
    for page in writer.pages:
        cleaner.clean_page(page)
    if not cleaner.changed:
        return None
    file = BytesIO()
    writer.write(file)
    return file.getvalue(), cleaner.left_out


def _hidden_groups(file: pypdf.PdfReader | pypdf.PdfWriter) -> set[int]:
    """Object numbers of the groups that are not shown when the file is opened."""
    properties = _resolved(file.root_object.get("/OCProperties"))
    if not isinstance(properties, DictionaryObject):
        return set()
    default = _resolved(properties.get("/D")) or DictionaryObject()
    groups = _numbers(properties.get("/OCGs"))
    off = _numbers(default.get("/OFF"))
    hidden = groups - _numbers(default.get("/ON")) if default.get("/BaseState") == "/OFF" else off
    for rule in _resolved(default.get("/AS")) or ():
        entry = _resolved(rule)
        if entry.get("/Event") != "/View":
            continue
        for group in _resolved(entry.get("/OCGs")) or ():
            usage = _resolved(_resolved(group).get("/Usage")) or DictionaryObject()
            state = (_resolved(usage.get("/View")) or DictionaryObject()).get("/ViewState")
            number = group.idnum
            hidden = hidden | {number} if state == "/OFF" else hidden
            hidden = hidden - {number} if state == "/ON" else hidden
    return hidden


class _Cleaner:
    """Takes out what hidden layers hold, page by page."""

    def __init__(self, writer: pypdf.PdfWriter, hidden: set[int]) -> None:
        self._writer = writer
        self._hidden = hidden
        self._forms: set[int] = set()
        self.left_out = 0
        self.changed = False

    def clean_page(self, page: pypdf.PageObject) -> None:
        resources = _resolved(page.get("/Resources"))
        contents = page.get_contents()
        if contents is not None and self._concerns(resources, 0):
            stream = ContentStream(contents, self._writer)
            stream.operations = list(self._shown(stream.operations, resources))
            page[NameObject("/Contents")] = self._writer._add_object(stream)  # noqa: SLF001
            self._clean_forms(resources, 0)
            self.changed = True
        marks = _resolved(page.get("/Annots")) or ()
        kept = [mark for mark in marks if not self._is_hidden(_raw(_resolved(mark), "/OC"))]
        if len(kept) < len(marks):
            page[NameObject("/Annots")] = ArrayObject(kept)
            self.left_out += len(marks) - len(kept)
            self.changed = True

    def _concerns(self, resources: Any, depth: int) -> bool:
        """Whether a hidden layer is named in resources or in those of the forms in them."""
        if not isinstance(resources, DictionaryObject) or depth > _DEEPEST_FORM:
            return False
        named = _resolved(resources.get("/Properties")) or DictionaryObject()
        if any(self._is_hidden(_raw(named, name)) for name in named):
            return True
        return any(
            self._is_hidden(_raw(form, "/OC"))
            or self._concerns(_resolved(form.get("/Resources")), depth + 1)
            for form in _forms(resources)
        )

    def _clean_forms(self, resources: Any, depth: int) -> None:
        drawn = _resolved(resources.get("/XObject")) or DictionaryObject()
        for name in list(drawn):
            form = _resolved(_raw(drawn, name))
            own = _resolved(form.get("/Resources")) if isinstance(form, StreamObject) else None
            if form.get("/Subtype") != "/Form" or not self._concerns(own, depth):
                continue
            stream = ContentStream(form, self._writer)
            stream.operations = list(self._shown(stream.operations, own))
            copy = DecodedStreamObject()
            left = {"/Length", "/Filter", "/DecodeParms"}
            copy.update({key: value for key, value in form.items() if key not in left})
            copy.set_data(stream.get_data())
            drawn[NameObject(name)] = self._writer._add_object(copy)  # noqa: SLF001
            self._clean_forms(own, depth + 1)

    def _shown(self, operations: list[_Operation], resources: Any) -> Iterator[_Operation]:
        """The operations without those that draw on a hidden layer; what sets a state stays."""
        named = _resolved(resources.get("/Properties")) or DictionaryObject()
        drawn = _resolved(resources.get("/XObject")) or DictionaryObject()
        nested: list[bool] = []
        for operands, operator in operations:
            if operator in {b"BDC", b"BMC"}:
                layer = operator == b"BDC" and operands[0] == "/OC"
                of = _raw(named, operands[1]) if layer and operands[1] in named else None
                nested.append(self._is_hidden(of))
            elif operator == b"EMC" and nested:
                nested.pop()
            form = _resolved(drawn.get(operands[0])) if operator == b"Do" and operands else None
            hidden = any(nested) or (form is not None and self._is_hidden(_raw(form, "/OC")))
            if not hidden or operator not in _SHOWS_TEXT | {b"Do"}:
                yield operands, operator
                continue
            whole = form is not None and form.get("/Subtype") == "/Form"
            self.left_out += whole or operator in _SHOWS_TEXT
            if operator == b'"':
                yield [FloatObject(operands[0])], b"Tw"
                yield [FloatObject(operands[1])], b"Tc"
            if operator in {b"'", b'"'}:
                yield [], b"T*"

    def _is_hidden(self, entry: Any) -> bool:
        """Whether a group, or a rule over groups, keeps its content from being shown."""
        if entry is None:
            return False
        number = getattr(entry, "idnum", None)
        rule = _resolved(entry)
        if number in self._hidden:
            return True
        if not isinstance(rule, DictionaryObject) or rule.get("/Type") != "/OCMD":
            return False
        groups = _raw(rule, "/OCGs")
        several = _resolved(groups)
        members = several if isinstance(several, ArrayObject) else [groups]
        off = [getattr(member, "idnum", None) in self._hidden for member in members]
        policy = rule.get("/P", "/AnyOn")
        shown = {
            "/AllOn": not any(off),
            "/AnyOff": any(off),
            "/AllOff": all(off),
        }.get(policy, not all(off))
        return bool(members) and not shown


def _forms(resources: DictionaryObject) -> list[Any]:
    drawn = _resolved(resources.get("/XObject")) or DictionaryObject()
    return [_resolved(drawn.raw_get(name)) for name in drawn]


def _numbers(groups: Any) -> set[int]:
    return {group.idnum for group in _resolved(groups) or () if hasattr(group, "idnum")}


def _raw(entry: Any, key: str) -> Any:
    """A value as it stands in a dictionary, a reference unopened; None where it is missing."""
    return entry.raw_get(key) if isinstance(entry, DictionaryObject) and key in entry else None


def _resolved(entry: Any) -> Any:
    return entry.get_object() if entry is not None else None
