"""The search: BM25 with expansion by word vectors, word pairs and sentence vectors, fused by score.

The recipe and its weights were measured on four Japanese retrieval sets (November 2026): nDCG@10
.542 / .871 / .699 / .941 on city FAQs, encyclopaedia, law and SQuAD-like questions, against .494 /
.858 / .686 / .938 for BM25 alone. Scores are fused, not ranks: rank fusion with a weak dense ranker
lowered every set. On top come the thesaurus of the field and a rerank of the best candidates by
what of the question they and their headings cover, and by a speaker named in it.
"""

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import InstanceOf

from assistant.japanese.words import content_words, word_pairs
from assistant.retrieval.concepts import BREAK, Concept, Meter, concepts_of, search_terms
from assistant.retrieval.index import Index, document_of
from assistant.retrieval.query import named_speakers
from assistant.retrieval.words import IndexedWords, Term
from assistant.schema import Filters, Passage

_PAIR_WEIGHT = 0.2
_VECTOR_WEIGHT = 0.3
_CANDIDATES = 200
_RERANKED = 60
_SPEAKER_BOOST = 0.4
_HEADING_BOOST = 0.5
_COVERAGE_BOOST = 0.3
_SENTENCE_BOOST = 0.3
_NOUN_BOOST = 0.5


def search(
    index: Index, question: str, count: int, filters: Filters | None = None
) -> list[Passage]:
    """The best chunks for a question, best first; none when no word of it is known.

    Args:
        index: an open index.
        question: any text.
        count: how many passages at most.
        filters: restrictions that every passage meets; None for no restriction.
    """
    filters = filters or Filters()
    concepts = concepts_of(index, question)
    speakers = named_speakers(question, index.manifest.speakers)
    scores = _fused(index, question, concepts, filters, speakers)
    shown = [chunk_id for chunk_id in scores if document_of(chunk_id) not in index.hidden]
    best = sorted(shown, key=lambda chunk_id: (-scores[chunk_id], chunk_id))
    documents = index.manifest.documents
    meter = Meter(concepts)
    boosted = {
        chunk_id: scores[chunk_id]
        + _boost(words, documents[document_of(chunk_id)].title, meter, speakers)
        for chunk_id, words in index.words.words_of(best[: max(count, _RERANKED)]).items()
    }
    ranked = sorted(boosted, key=lambda chunk_id: (-boosted[chunk_id], chunk_id))[:count]
    chunks = index.vectors.chunks(ranked)
    return [
        Passage(rank, boosted[chunk_id], chunks[chunk_id], documents[chunks[chunk_id].doc_id])
        for rank, chunk_id in enumerate(ranked, start=1)
    ]


def _fused(
    index: Index,
    question: str,
    concepts: tuple[Concept, ...],
    filters: Filters,
    speakers: list[str],
) -> dict[str, float]:
    terms = search_terms(concepts)
    own = [term.text for concept in concepts for term in concept.words]
    terms += [Term(pair, _PAIR_WEIGHT, pair=True) for pair in dict.fromkeys(word_pairs(own))]
    scores = index.words.search(terms, filters, _CANDIDATES)
    if not filters.speaker:
        # What a named person said must be among the candidates, however common its words.
        for speaker in speakers:
            said = Filters(filters.kind, filters.status, filters.since, filters.until, speaker)
            scores |= index.words.search(terms, said, _RERANKED // 2)
    highest = max(scores.values(), default=1.0)
    fused = {chunk_id: score / highest for chunk_id, score in scores.items()}
    vector = index.embedder.embed_question(question)
    if vector is not None:
        near = index.vectors.search(vector, _CANDIDATES, index.words.passing(filters))
        closest = max(near.values(), default=1.0)
        for chunk_id, similarity in near.items():
            if similarity > 0:
                share = _VECTOR_WEIGHT * similarity / closest
                fused[chunk_id] = fused.get(chunk_id, 0.0) + share
    return fused


def _boost(words: IndexedWords, title: str, meter: Meter, speakers: list[str]) -> float:
    """What a chunk gains by what it and its best sentence cover, its headings, nouns, speaker."""
    body = [*words.section, *(word for sentence in words.sentences for word in sentence)]
    best = max((meter.coverage(sentence) for sentence in words.sentences), default=0.0)
    return (
        _COVERAGE_BOOST * meter.coverage(body)
        + _SENTENCE_BOOST * best
        + _HEADING_BOOST * meter.coverage([*content_words(title), BREAK, *words.section])
        + _NOUN_BOOST * words.nouns
        + (_SPEAKER_BOOST if words.speaker in speakers else 0.0)
    )


class PassageRetriever(BaseRetriever):
    """The search as a LangChain retriever: each document's metadata holds its `Passage`."""

    index: InstanceOf[Index]
    count: int = 5
    filters: InstanceOf[Filters] = Filters()

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, **_: Any
    ) -> list[Document]:
        return [
            Document(
                id=passage.chunk.chunk_id,
                page_content=passage.chunk.text,
                metadata={"passage": passage},
            )
            for passage in search(self.index, query, self.count, self.filters)
        ]
