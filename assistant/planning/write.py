"""A section in a model's words, from passages found for its questions; failing that, none."""

from collections.abc import Sequence

from assistant.answering.provider import ChatModel, Usage
from assistant.answering.untrusted import inert
from assistant.answering.write import write_statements
from assistant.errors import ModelError
from assistant.planning.material import Material, Used
from assistant.planning.template import SectionSpec
from assistant.prompts import load_prompt
from assistant.records.plans import PlanItem, Withheld
from assistant.retrieval.index import Index

_MOST_FAILURES = 2
"""After so many failing sections the model is not asked again: each may cost its whole deadline."""
_MOST_PASSAGES = 12
_BRIEF_CHARACTERS = 300
"""Of one value of the brief: it tells the model which passages matter, no more."""
_CHARACTERS = 400
"""Asked for where the form names no limit."""


class SectionWriter:
    """Writes sections with a model; remembers what it cost and what no quote carried."""

    def __init__(
        self, model: ChatModel, index: Index, brief_lines: Sequence[str], criteria: dict[str, str]
    ) -> None:
        """Args: `brief_lines` are the labelled values of the brief; `criteria` names by id."""
        self.prompt = load_prompt("plan_section")
        self.model = model
        self.usage = Usage()
        self.withheld: list[Withheld] = []
        self.notes: list[str] = []
        self.sections = 0
        """How many sections the model has written."""
        self._index = index
        self._brief = "\n".join(inert(line[:_BRIEF_CHARACTERS]) for line in brief_lines)
        self._criteria = criteria
        self._failures = 0

    def items(
        self, spec: SectionSpec, material: Material, used: Used, characters: float
    ) -> list[PlanItem]:
        """The statements for a section; none where the model fails or finds nothing.

        Args:
            spec: the section.
            material: finds the passages and numbers the citations.
            used: what has been said already; the statements kept are added.
            characters: how many there is room for.
        """
        passages = material.passages(spec.questions, _MOST_PASSAGES)
        if self._failures >= _MOST_FAILURES or not passages:
            return []
        variables = {
            "brief": self._brief or "なし",
            "characters": min(_CHARACTERS, characters or _CHARACTERS),
            "criteria": "、".join(self._criteria[name] for name in spec.criteria) or "なし",
            "heading": spec.heading,
        }
        try:
            written = write_statements(
                self.model, self.prompt, variables, passages, self._index.pages
            )
        except ModelError as error:
            self._failures += 1
            self.notes.append(f"「{spec.heading}」は資料の文をそのまま使いました({error.message})")
            return []
        self._failures = 0
        self.usage += written.usage
        self.notes += [f"「{spec.heading}」: {note}" for note in written.notes]
        self.withheld += [
            Withheld(text, "根拠を確認できなかった記述", spec.heading)
            for text in written.unverified
        ]
        items: list[PlanItem] = []
        for item in material.numbered(written.statements, written.citations):
            if used.repeats(item.text) or len(item.text) > characters:
                continue
            used.add(item.text)
            items.append(item)
            characters -= len(item.text)
        self.sections += bool(items)
        return items
