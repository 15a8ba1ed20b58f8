"""Which of the ranked sentences are shown together, and what each leans on."""

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.answering.decision import sigmoid
from assistant.answering.signals import COURTESY, Candidate, overlap
from assistant.answering.voice import label_of
from assistant.japanese.dates import dates_of_source
from assistant.japanese.sentences import split_sentences
from assistant.records.answers import Period

_MOST_STATEMENTS = 3
_MOST_CHARACTERS = 600
# A further statement needs this share of the best one's probability; less, where it speaks of what
# the statements before it leave out.
_LATER_SHARE = 0.25
_ADDING_SHARE = 0.08
_ADDS = 0.12
"""Share of the question that a statement must add to count as speaking of what was left out."""

_LEANS = re.compile(
    r"これ(?!まで|から)|この|こう(?:した|いう)|それ(?!ぞれ)|その(?!他|ほか)|そう(?:した|いう)|また(?=、)|さらに|なお|"
    r"ただし|しかし|一方(?=[、で])|したがって|よって"
)
_LONGEST_LEANING = 250


def choose(ranked: Sequence[tuple[float, Candidate]]) -> list[Candidate]:
    """The best sentence, then those likely to answer too; none repeats another.

    Args:
        ranked: log odds and candidate, best first.
    """
    chosen: list[Candidate] = []
    characters = 0
    for log_odds, candidate in ranked:
        size = candidate.end - candidate.start
        if chosen:
            share = sigmoid(log_odds) / sigmoid(ranked[0][0])
            adds = share >= _ADDING_SHARE and _added(candidate, chosen) >= _ADDS
            likely = share >= _LATER_SHARE or adds
            unfit = characters + size > _MOST_CHARACTERS or _names_less(candidate, ranked[0][1])
            if not likely or unfit or any(candidate.repeats(other) for other in chosen):
                continue
        chosen.append(candidate)
        characters += size
        if len(chosen) == _MOST_STATEMENTS:
            break
    return chosen


def _names_less(candidate: Candidate, best: Candidate) -> bool:
    """Whether a further sentence lacks a name asked about that the best one holds.

    Rows of a table are told apart by any word: a further one holds no less of the question.
    """
    if candidate.cells and best.cells:
        return any(own < held for own, held in zip(candidate.shares, best.shares, strict=True))
    return candidate.signals.names_unheld > best.signals.names_unheld


def _added(candidate: Candidate, chosen: Sequence[Candidate]) -> float:
    """Share of the question that a candidate holds and none of those chosen does."""
    best = [max(shares) for shares in zip(*(c.shares for c in chosen), strict=True)]
    added = (max(0.0, own - held) for own, held in zip(candidate.shares, best, strict=True))
    return float(sum(added))


def with_antecedents(chosen: list[Candidate], asked: Sequence[Period] = ()) -> list[Candidate]:
    """Sentences that lean on the one before (「その費用は…」, 「また、…」), that one included.

    Only within a chunk and up to `_LONGEST_LEANING` characters; a sentence that is chosen itself is
    not put before another, nor one that speaks of other periods only than those asked about.
    """
    return [_with_antecedent(extract, chosen, asked) for extract in chosen]


def _with_antecedent(
    extract: Candidate, chosen: list[Candidate], asked: Sequence[Period]
) -> Candidate:
    text = extract.passage.chunk.text
    if extract.cells or not _LEANS.match(text[extract.start : extract.end]):
        return extract
    before = [span for span in split_sentences(text) if span[1] <= extract.start]
    if not before or extract.end - before[-1][0] > _LONGEST_LEANING:
        return extract
    start, end = before[-1]
    sentence = text[start:end]
    same = [o for o in chosen if o.passage.chunk.chunk_id == extract.passage.chunk.chunk_id]
    elsewhere = any(other.start < end <= other.end for other in same)
    # One label stands beside both: neither may be made a finding by the other.
    chunk, own = extract.passage.chunk, extract.text
    if label_of(chunk, sentence) != label_of(chunk, own):
        return extract
    if elsewhere or sentence[-1] != "。" or COURTESY.search(sentence):
        return extract
    if _is_of_other_dates(sentence, extract.passage.document.published, asked):
        return extract
    return replace(extract, start=start)


def _is_of_other_dates(sentence: str, published: str | None, asked: Sequence[Period]) -> bool:
    """Whether a sentence has dates, and none of them lies in the periods asked about."""
    mentions = dates_of_source(sentence, published)
    return bool(asked and mentions) and not any(
        overlap(mention, period) for mention in mentions for period in asked
    )
