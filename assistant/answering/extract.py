"""Answers without a model: the sentences of the passages that answer, word for word."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from assistant.answering.voice import label_of
from assistant.ingest.blocks import BULLET
from assistant.japanese.dates import DateMention, dates_of_source, find_dates
from assistant.japanese.sentences import BULLETS, split_sentences
from assistant.japanese.width import fold
from assistant.japanese.words import content_words
from assistant.retrieval.concepts import BREAK, Meter, concepts_of
from assistant.retrieval.index import Index
from assistant.retrieval.query import Query, named_speakers
from assistant.schema import Passage, Period

FEWEST_STATING = 16
"""A shorter line (「2022年度米国」) is rather a label than a statement."""
_MOST_STATEMENTS = 4
_MOST_CHARACTERS = 600
_LONGEST_LIST = 360
# Two statements that share more of their words than this say the same thing.
_SAME_WORDS = 0.6

# Weights chosen on the dev split of evals/datasets/originals.jsonl; the held-out split is reported.
_PASSAGE_WEIGHT = 0.45
_VECTOR_WEIGHT = 0.35
_WANTED_BONUS = 0.15
_ACTOR_BONUS = 0.06
_MOST_ACTORS = 4
"""A question for whom is answered by naming people and bodies; more than four add nothing."""
_COURTESY_PENALTY = 0.4
_QUESTION_PENALTY = 0.12
_FRAGMENT_PENALTY = 0.25
_OTHER_SPEAKER_PENALTY = 0.3
_CONTEXT_SHARE = 0.5
"""What a question word counts that stands in the heading or the rest of the chunk only."""
_AMOUNT_CONTEXT_SHARE = 0.25
"""The same where a number is asked for: it must belong to the thing asked, not to a neighbour."""
_NOVELTY_WEIGHT = 0.5
_NEIGHBOUR_BONUS = 0.12
_LATER_SHARE = 0.65
"""A further statement needs this share of the best one's score."""

_LEANS = re.compile(
    r"これ(?!まで|から)|この|こう(?:した|いう)|それ(?!ぞれ)|その(?!他|ほか)|そう(?:した|いう)|また(?=、)|さらに|なお|"
    r"ただし|しかし|一方(?=[、で])|したがって|よって"
)
_LONGEST_LEANING = 250
_HIRAGANA = frozenset(map(chr, range(0x3041, 0x3097)))
_LEAD_IN = re.compile(r"(?:次の|以下|とおり|通り|挙げ|点|ある)[^。]{0,20}[。：:]?$")
# What ends a sentence or goes on, and what a chart left behind: 「取り組んでいる約36%」.
_NO_CAPTION = re.compile(r"[。?!、,]$|[0-9]+\s*[%割件人倍円年]?\)?$")
_MARK = re.compile(rf"^(?:[{BULLETS}]|[-*+]\s)\s*")
_COURTESY = re.compile(
    r"ありがとうございま|お願い(?:いた)?します|お願い(?:し|いたし)たい|失礼(?:し|いたし)ます|御覧(?:ください|いただ)|"
    r"(?:御)?説明(?:を|は)?(?:お願い|させて|以上)|以上(?:です|でございます|になります)|私からは以上|"
    r"ページ目(?:です|でございます)|よろしいですか|いかがでしょうか|大丈夫ですよね|次をお願い|と申します|どうぞ|"
    r"御?紹介して(?:い|まい|おき)|[てで]おります[^。、]{1,6}です。|開催させていただ|定刻"
)
# What a page holds besides statements: numbers a chart left behind without their labels, captions
# and sources of figures, lines of a table of contents, labels in brackets.
_CHART_PARTS = re.compile(r"[0-9.,%約~()\s、・▲/-]|年度|[割件人倍円億兆年月日]|ドル")
_SCRAP = re.compile(
    r"[【＜<〔\[][^】＞>〕\]]*[】＞>〕\]]|[(（〔]?(?:出典|出所|資料|注|備考)[0-9]*[)）〕:：][^。]*|"
    r"[図表][表]?\s*[0-9.-]+[^。]{0,60}|[^。]*[…‥.・]{3,}\s*[0-9-]*|[^。]*[(（]抄[)）]"
)
_ACTOR = re.compile(
    r"自治体|市町村|都道府県|役場|企業|事業者|大学|学校|高校|教育機関|金融機関|信用金庫|銀行|メディア|住民|団体|組合|"
    r"NPO|座長|構成員|委員|課長|センター長"
)
_QUESTION_END = re.compile(r"(?:か|のか|べきか|どうか)[。？?]?$")
_AMOUNT = re.compile(r"[0-9十百千万億兆数割][0-9,.十百千万億兆]*\s*(?:[^\s0-9]|$)")


@dataclass(frozen=True, slots=True)
class Extract:
    """A sentence or list chosen from a passage."""

    passage: Passage
    start: int
    """Offsets into the chunk's text."""
    end: int
    score: float
    shares: dict[str, float]
    """Concept of the question → the part of its share that the sentence and its context meet."""
    literal: float
    """Share of the question's weight whose words, or a synonym of the thesaurus, stand in the
    chunk, 0 to 1."""

    @property
    def coverage(self) -> float:
        """Share of the question's weight that is met, 0 to 1."""
        return sum(self.shares.values())

    @property
    def text(self) -> str:
        """The sentence, or the list with its items on lines of their own."""
        return self.passage.chunk.text[self.start : self.end]

    def repeats(self, other: "Extract") -> bool:
        """Whether the two share most of the words of the shorter one."""
        first, second = set(content_words(self.text)), set(content_words(other.text))
        smaller = min(len(first), len(second)) or 1
        return len(first & second) / smaller > _SAME_WORDS


def rank_sentences(index: Index, query: Query, passages: list[Passage]) -> list[Extract]:
    """All sentences and short lists of the passages with their scores, best first."""
    concepts = concepts_of(index, query.text)
    meter = Meter(concepts)
    vector = index.sentences.embed_question(query.text)
    speakers = named_speakers(query.text, index.manifest.speakers)
    best_score = max((passage.score for passage in passages), default=1.0)
    context = _AMOUNT_CONTEXT_SHARE if query.unit else _CONTEXT_SHARE
    extracts = []
    for passage in passages:
        spans = _units(passage.chunk.text)
        texts = [passage.chunk.text[start:end] for start, end in spans]
        similarities = _similarities(index, vector, texts)
        place = place_words(passage)
        around = content_words(f"{passage.chunk.section or ''}\n{passage.chunk.text}")
        outside = meter.met(around)
        literal = meter.literal_coverage([*place, *around])
        base = _PASSAGE_WEIGHT * passage.score / best_score
        if speakers and passage.chunk.speaker not in speakers:
            base -= _OTHER_SPEAKER_PENALTY
        for (start, end), text, similarity in zip(spans, texts, similarities, strict=True):
            if is_scrap(text, passage.document.title):
                continue
            inside = meter.met([*content_words(text), BREAK, *place])
            met = {
                c.text: c.share * max(inside.get(n, 0.0), context * outside.get(n, 0.0))
                for n, c in enumerate(concepts)
            }
            score = base + sum(met.values()) + _VECTOR_WEIGHT * similarity + _shape(text, query)
            extracts.append(Extract(passage, start, end, score, met, literal))
    return sorted(extracts, key=lambda e: (-e.score, e.passage.rank, e.start))


def choose(ranked: list[Extract]) -> list[Extract]:
    """The best sentence, then those that add most to what is covered; none repeats another."""
    chosen: list[Extract] = []
    characters = 0
    rest = list(ranked)
    while rest and len(chosen) < _MOST_STATEMENTS:
        best = max(rest, key=lambda extract: _gain(extract, chosen))
        rest.remove(best)
        if not chosen:
            rest = [extract for extract in rest if extract.score >= _LATER_SHARE * best.score]
        size = best.end - best.start
        too_long = bool(chosen) and characters + size > _MOST_CHARACTERS
        if too_long or any(best.repeats(other) for other in chosen):
            continue
        chosen.append(best)
        characters += size
    return chosen


def with_antecedents(chosen: list[Extract], asked: Sequence[Period] = ()) -> list[Extract]:
    """Sentences that lean on the one before (「その費用は…」, 「また、…」), that one included.

    Only within a chunk and up to `_LONGEST_LEANING` characters; a sentence that is chosen itself is
    not put before another, nor one that speaks of other periods only than those asked about.
    """
    return [_with_antecedent(extract, chosen, asked) for extract in chosen]


def _with_antecedent(extract: Extract, chosen: list[Extract], asked: Sequence[Period]) -> Extract:
    text = extract.passage.chunk.text
    if not _LEANS.match(text[extract.start : extract.end]):
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
    if elsewhere or sentence[-1] != "。" or _COURTESY.search(sentence):
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


def overlap(mention: DateMention, asked: Period) -> bool:
    """Whether a date of a text lies in a period asked about, or holds it."""
    return mention.first <= asked.last and asked.first <= mention.last


def is_scrap(text: str, title: str) -> bool:
    """Whether a line states nothing: chart numbers, a caption, a contents line, a title page.

    Args:
        text: the line or sentence.
        title: title of its document; a line of a title page repeats it.
    """
    folded = "".join(fold(text).split())
    heads = "".join(fold(title).split())
    cover = heads in folded and "。" not in folded and len(folded) < 2 * len(heads)
    return cover or not _CHART_PARTS.sub("", folded) or bool(_SCRAP.fullmatch(folded))


def meets_wanted(text: str, query: Query) -> bool:
    """Whether a sentence holds the kind of thing the question asks for."""
    folded = fold(text)
    if query.wanted == "amount":
        return bool(_AMOUNT.search(folded))
    if query.wanted == "date":
        return bool(find_dates(text)) or bool(
            re.search(r"\d{1,2}月|\d{1,2}日|上旬|中旬|下旬", folded)
        )
    if query.wanted == "person":
        return bool(re.search(r"構成員|座長|委員|センター長|課長|補佐|氏|様|者|人材", folded))
    return True


def place_words(passage: Passage) -> list[str]:
    """Words that pin down the source rather than the content: title, meeting, speaker."""
    document = passage.document
    parts = (document.title, document.meeting or "", passage.chunk.speaker or "")
    return content_words("\n".join(parts))


def _gain(extract: Extract, chosen: list[Extract]) -> float:
    """The score of a sentence with what it adds to the sentences chosen before it."""
    if not chosen:
        return extract.score
    fresh = sum(
        max(0.0, share - max(other.shares[word] for other in chosen))
        for word, share in extract.shares.items()
    )
    lead = chosen[0]
    same = extract.passage.chunk.chunk_id == lead.passage.chunk.chunk_id
    beside = same and min(abs(extract.start - lead.end), abs(lead.start - extract.end)) <= 2
    return extract.score + _NOVELTY_WEIGHT * fresh + (_NEIGHBOUR_BONUS if beside else 0.0)


def _similarities(index: Index, vector: object, texts: list[str]) -> list[float]:
    if vector is None or not texts:
        return [0.0] * len(texts)
    found = index.sentences.embed_passages(texts) @ np.asarray(vector)
    return [max(0.0, float(value)) for value in found]


def _shape(text: str, query: Query) -> float:
    """Bonus and penalties for the form of a sentence."""
    shape = _WANTED_BONUS if query.wanted in {"amount", "date"} and meets_wanted(text, query) else 0
    if query.wanted == "person":
        shape += min(_MOST_ACTORS, len(set(_ACTOR.findall(text)))) * _ACTOR_BONUS
    if _COURTESY.search(text) and len(text) < 90:
        shape -= _COURTESY_PENALTY
    if _QUESTION_END.search(text) and "論点" not in query.text:
        shape -= _QUESTION_PENALTY
    fragment = not re.search(r"[。\n]", text) and len(text) < 30
    if len(text) < FEWEST_STATING or fragment:
        shape -= _FRAGMENT_PENALTY
    return shape


def _units(text: str) -> list[tuple[int, int]]:
    """Sentences, and lists (with the line that leads in) that are short enough to stay whole."""
    units: list[tuple[int, int]] = []
    sentences = split_sentences(text)
    index = 0
    while index < len(sentences):
        start, end = sentences[index]
        last = _list_end(text, sentences, index)
        if last > index and sentences[last][1] - start <= _LONGEST_LIST:
            if units and _goes_on(text, units[-1], start):
                start, _ = units.pop()
            units.append((start, sentences[last][1]))
            index = last + 1
            continue
        mark = _MARK.match(text[start:end])
        units.append((start + (mark.end() if mark and mark.end() < end - start else 0), end))
        index += 1
    return units


def _goes_on(text: str, before: tuple[int, int], start: int) -> bool:
    """Whether a caption goes on from the line before: 「…連携したことに」「よるメリット」."""
    return (
        text[start] in _HIRAGANA
        and text[before[1] : start] == "\n"
        and not _NO_CAPTION.search(fold(text[before[0] : before[1]]))
    )


def _is_caption(text: str, start: int, end: int) -> bool:
    """Whether a line is a caption or heading: one of its own that says something, no sentence.

    Such a line leads in the list below it.
    """
    alone = (start == 0 or text[start - 1] == "\n") and text[end : end + 1] == "\n"
    return alone and not _NO_CAPTION.search(fold(text[start:end]))


def _list_end(text: str, sentences: list[tuple[int, int]], index: int) -> int:
    """Index of the last sentence of the list that begins or is led in at `index`."""
    start, end = sentences[index]
    first = index
    if not BULLET.match(text[start:end]):
        if not (_LEAD_IN.search(text[start:end]) or _is_caption(text, start, end)):
            return index
        first = index + 1
    last = index
    short = True
    for place in range(first, len(sentences)):
        begin, stop = sentences[place]
        own_line = begin == 0 or text[begin - 1] == "\n"
        if not (own_line and BULLET.match(text[begin:stop])):
            break
        short = short and stop - begin <= 80
        last = place
    return last if short and last - first >= 1 else index
