"""The search: BM25 with expansion by word vectors, word pairs and vectors, fused by score.

The recipe and its weights were measured on four Japanese retrieval sets (November 2026): nDCG@10
.542 / .871 / .699 / .941 on city FAQs, encyclopaedia, law and SQuAD-like questions, against .494 /
.858 / .686 / .938 for BM25 alone. Scores are fused, not ranks: rank fusion with a weak dense ranker
lowered every set. On top come the thesaurus of the field and a rerank of the best candidates by
what of the question they and their headings cover, and by a speaker named in it. A cross-encoder,
where one is configured, orders the best of these anew.
"""

from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain

from assistant.errors import EmbeddingError
from assistant.japanese.words import content_words, word_pairs
from assistant.question.concepts import BREAK, Concept, Meter, Term, concepts_of, search_terms
from assistant.question.read import Question
from assistant.records.answers import Filters, Found, Passage, Why
from assistant.records.documents import SourceDocument
from assistant.retrieval.index import Index, document_of
from assistant.retrieval.models import Reranker
from assistant.retrieval.weights import reranker_weight, vector_weights
from assistant.retrieval.words import IndexedWords, searched_text

# The vectors are asked while the words are: Chroma searches without Python's lock (1 of 13 ms at
# 100,000 chunks on a busy machine with two cores).
_BESIDE = ThreadPoolExecutor(thread_name_prefix="vectors")
_PAIR_WEIGHT = 0.2
_CANDIDATES = 200
_RERANKED = 60
_READ_AGAIN = 20
"""The cross-encoder reads so many chunks: on a processor, each takes it tens of milliseconds."""
# Chosen by hand on dev and half of localgovfaq; a listwise logistic fit on the same rows
# (2026-11-21, five-fold) came to nearly these weights and no better figures.
_COVERAGE = 0.3
_SENTENCE = 0.3
_HEADING = 0.5
_NOUNS = 0.5
# Bounded, so that a better match wins over a better standing.
_FINAL = 0.03
_REPLACED = -0.05
_WITHDRAWN = -0.1
_DIGEST = -0.03
_SAME_TEXT = 0.9
"""Two chunks that share more of their words than this (Jaccard) say the same."""
_LEAST_FOLDED = 10
"""Content words that a chunk must have to be folded: short ones are alike by chance."""


def search(
    index: Index,
    question: str,
    count: int,
    filters: Filters | None = None,
    *,
    reranker: Reranker | None = None,
) -> list[Passage]:
    """The passages of `find` for a question without restrictions of its own."""
    concepts = concepts_of(index, question)
    return _ranked(index, question, concepts, count, filters or Filters(), reranker)[0]


def find(
    index: Index, question: Question, count: int, *, reranker: Reranker | None = None
) -> Found:
    """The best chunks for a question, best first, within what it restricts by itself.

    Restrictions read from the question that leave nothing are given up, and a note says so; those
    given are kept whatever they leave.

    Args:
        index: an open index.
        question: read against the index.
        count: how many passages at most; none when no word of the question is known.
        reranker: orders the best chunks anew; it brings no chunk in and drops none.
    """
    asked, concepts, given, read = (
        question.asked,
        question.concepts,
        question.given,
        question.restrictions,
    )
    passages, notes = _ranked(index, asked, concepts, count, read.filters, reranker)
    if not read:
        return Found(tuple(passages), given, notes)
    said = "、".join(read.said)
    if passages:
        notes = (f"質問から条件を読み取りました({said})。", *notes)
        return Found(tuple(passages), read.filters, notes)
    passages, notes = _ranked(index, asked, concepts, count, given, reranker)
    note = f"質問にある条件({said})に合う箇所がないため、条件を外して探しました。"
    return Found(tuple(passages), given, (note, *notes))


def _ranked(
    index: Index,
    question: str,
    concepts: tuple[Concept, ...],
    count: int,
    filters: Filters,
    reranker: Reranker | None = None,
) -> tuple[list[Passage], tuple[str, ...]]:
    signals, notes = _fused(index, question, concepts, filters)
    fused = {i: sum(parts.values()) for i, parts in signals.items()}
    shown = [
        chunk_id
        for chunk_id in fused
        if not index.hidden or document_of(chunk_id) not in index.hidden
    ]
    best = sorted(sorted(shown), key=fused.__getitem__, reverse=True)
    documents = index.manifest.documents
    meter = Meter(concepts)
    held = index.words.words_of(best[: max(count, _RERANKED)])
    for chunk_id, words in held.items():
        document = documents[document_of(chunk_id)]
        signals[chunk_id] |= _evidence(words, document.title, meter) | _standing(document)
    order = _best_first(signals, held)
    if reranker is not None:
        judged, said = _read_again(index, question, order[:_READ_AGAIN], reranker)
        signals |= {chunk_id: signals[chunk_id] | judged[chunk_id] for chunk_id in judged}
        order, notes = _best_first(signals, held), (*notes, *said)
    folded = _folded(order, held, count)
    chunks = index.vectors.chunks([i for leader, alike in folded for i in (leader, *alike)])

    def passage(chunk_id: str, rank: int, also: tuple[Passage, ...] = ()) -> Passage:
        words = [word for line in held[chunk_id].lines for word in (*line, BREAK)]
        why = Why(signals[chunk_id], tuple(meter.matches(words)))
        chunk = chunks[chunk_id]
        score = sum(signals[chunk_id].values())
        return Passage(rank, score, chunk, documents[chunk.doc_id], why, also)

    return [
        passage(leader, rank, tuple(passage(i, rank) for i in alike))
        for rank, (leader, alike) in enumerate(folded, start=1)
    ], notes


def _fused(
    index: Index, question: str, concepts: tuple[Concept, ...], filters: Filters
) -> tuple[dict[str, dict[str, float]], tuple[str, ...]]:
    """The candidates of both engines: chunk → what words and vectors add; and notes."""
    terms = search_terms(concepts)
    own = [term.text for concept in concepts for term in concept.words]
    terms += [Term(pair, _PAIR_WEIGHT, pair=True) for pair in dict.fromkeys(word_pairs(own))]
    vector = None
    notes: tuple[str, ...] = ()
    try:
        vector = index.embedder.embed_question(question) if concepts else None
    except EmbeddingError as error:
        notes = (f"{error.message}語だけで探しました。",)
    near: Future[dict[str, float]] | None = None
    if vector is not None:
        passing = index.words.passing(filters)
        near = _BESIDE.submit(index.vectors.search, vector, _CANDIDATES, passing)
    scores = index.words.search(terms, filters, _CANDIDATES)
    highest = max(scores.values(), default=1.0)
    signals = {chunk_id: {"語": score / highest} for chunk_id, score in scores.items()}
    if vector is None or near is None:
        return signals, notes
    weights = vector_weights(index.embedder.name)
    if index.sentence_vectors:
        for chunk_id, share in _spread(index.sentence_vectors.nearest(vector, scores)).items():
            signals[chunk_id]["文"] = weights.sentences * share
    for chunk_id, share in _spread(near.result()).items():
        signals.setdefault(chunk_id, {})["ベクトル"] = weights.chunks * share
    return signals, notes


def _spread(similarities: Mapping[str, float]) -> dict[str, float]:
    """Cosines stretched to 0 for the last and 1 for the best; all 1 where they are equal.

    Those of a trained model lie in a narrow band (.78 to .88) and would add the same to all.
    """
    best, last = max(similarities.values(), default=0.0), min(similarities.values(), default=0.0)
    width = best - last
    return {i: (cosine - last) / width if width else 1.0 for i, cosine in similarities.items()}


def _best_first(signals: dict[str, dict[str, float]], held: Iterable[str]) -> list[str]:
    scores = {chunk_id: sum(signals[chunk_id].values()) for chunk_id in held}
    return sorted(scores, key=lambda chunk_id: (-scores[chunk_id], chunk_id))


def _read_again(
    index: Index, question: str, chunk_ids: list[str], reranker: Reranker
) -> tuple[dict[str, dict[str, float]], tuple[str, ...]]:
    """What the cross-encoder adds to the best chunks; nothing, and a note, when it fails.

    It only ever adds, so these chunks stay before all others.
    """
    chunks = index.vectors.chunks(chunk_ids)
    try:
        found = reranker.scores(question, [searched_text(chunks[i]) for i in chunk_ids])
    except EmbeddingError as error:
        return {}, (f"{error.message}再ランキングをせずに並べました。",)
    weight = reranker_weight()
    return {i: {"再ランキング": weight * one} for i, one in zip(chunk_ids, found, strict=True)}, ()


def _evidence(words: IndexedWords, title: str, meter: Meter) -> dict[str, float]:
    """What a chunk gains by what it and its best sentence cover, its headings and its nouns."""
    best = max(map(meter.coverage, words.sentences), default=0.0)
    return {
        "網羅": _COVERAGE * meter.coverage(list(chain.from_iterable(words.lines))),
        "一文の網羅": _SENTENCE * best,
        "見出し": _HEADING * meter.coverage([*content_words(title), BREAK, *words.section]),
        "名詞の割合": _NOUNS * words.nouns,
    }


def _standing(document: SourceDocument) -> dict[str, float]:
    """Final before draft, newer before what it replaced, the original before its digest."""
    gains = {
        "確定": _FINAL if document.status == "final" else 0.0,
        "廃止": _WITHDRAWN if document.status == "withdrawn" else 0.0,
        "後の版あり": _REPLACED
        if document.superseded_by and document.edition == "original"
        else 0.0,
        "要約": _DIGEST if document.edition == "digest" else 0.0,
    }
    return {name: gain for name, gain in gains.items() if gain}


def _folded(
    order: list[str], held: dict[str, IndexedWords], count: int
) -> list[tuple[str, list[str]]]:
    """The best chunks, each with those further down that say nearly the same."""
    leaders: list[tuple[str, list[str]]] = []
    bags: list[frozenset[str]] = []
    for chunk_id in order:
        bag = held[chunk_id].bag
        # Sets of so different a size cannot share enough: most pairs end here.
        least, most = _SAME_TEXT * len(bag), len(bag) / _SAME_TEXT
        alike = (n for n, o in enumerate(bags) if least < len(o) < most and _says_the_same(bag, o))
        same = next(alike, None)
        if same is not None:
            leaders[same][1].append(chunk_id)
        elif len(leaders) < count:
            leaders.append((chunk_id, []))
            bags.append(bag)
    return leaders


def _says_the_same(one: frozenset[str], other: frozenset[str]) -> bool:
    if min(len(one), len(other)) < _LEAST_FOLDED:
        return False
    shared = len(one & other)
    return shared > _SAME_TEXT * (len(one) + len(other) - shared)
