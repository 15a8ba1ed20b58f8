"""The words side of an index: BM25 over Sudachi's content words, kept by Tantivy.

Tokens only; the text itself is kept by Chroma. `body` holds the words of heading, speaker and text,
`pairs` its adjacent content-word pairs.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import tantivy

from assistant.errors import IndexDamagedError
from assistant.japanese.dates import days_of
from assistant.japanese.sentences import split_sentences
from assistant.japanese.words import content_words, tagged_words, word_pairs
from assistant.question.concepts import Term
from assistant.records.answers import Filters
from assistant.records.documents import SourceDocument
from assistant.records.text import Chunk
from assistant.retrieval.remembered import Remembered

_TOKENIZER = "whitespace"
_HEAP_BYTES = 64_000_000
_REMEMBERED_TERMS = 50_000
_REMEMBERED_CHUNKS = 2_000
_REMEMBERED_FILTERS = 8
_CHUNK_IDS = "chunk_ids.npy"
# Every chunk id that a filter lets through is collected before the vectors are asked.
_MOST_FILTERED = 1_000_000


@dataclass(frozen=True)
class IndexedWords:
    """What the words side knows of one chunk, all as content words in order."""

    section: tuple[str, ...]
    named: tuple[str, ...]
    """Words of the speaker."""
    sentences: tuple[tuple[str, ...], ...]
    speaker: str | None
    """As printed."""
    nouns: float
    """Share of nouns among the content words of the text, 0 to 1."""

    @property
    def lines(self) -> tuple[tuple[str, ...], ...]:
        """Heading and sentences."""
        return (self.section, *self.sentences)

    @property
    def searched(self) -> list[str]:
        """All that is searched: heading, speaker, sentences (see `searched_text`)."""
        return [*chain(self.section, self.named, *self.sentences)]

    @cached_property
    def bag(self) -> frozenset[str]:
        """The words of the sentences."""
        return frozenset(chain.from_iterable(self.sentences))


def words_in(chunk: Chunk) -> IndexedWords:
    """Tokenise a chunk, once for everything that an index keeps of its words."""
    tagged = [tagged_words(chunk.text[a:b]) for a, b in split_sentences(chunk.text)]
    nouns = [word.speech == "noun" for words in tagged for word in words]
    return IndexedWords(
        section=tuple(content_words(chunk.section or "")),
        named=tuple(content_words(chunk.speaker or "")),
        sentences=tuple(tuple(word.text for word in words) for words in tagged),
        speaker=chunk.speaker,
        nouns=sum(nouns) / len(nouns) if nouns else 0.0,
    )


def searched_text(chunk: Chunk) -> str:
    """What is tokenised and embedded for a chunk: its heading path and speaker, then its text."""
    return "\n".join(part for part in (chunk.section, chunk.speaker, chunk.text) if part)


class WordIndex:
    """One Tantivy index. Opened for searching, or for writing while a generation is built."""

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        """Open the index in `folder`.

        Args:
            folder: where the index stands.
            create: make an empty index where there is none; a reader never does.

        Raises:
            IndexDamagedError: there is no index, or its files cannot be read.
        """
        if create:
            folder.mkdir(parents=True, exist_ok=True)
        elif not (folder / "meta.json").is_file():
            raise _damaged()
        self._schema = _schema()
        try:
            self._index = tantivy.Index(self._schema, path=str(folder), reuse=True)
        except (ValueError, OSError) as error:
            raise _damaged() from error
        analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        self._index.register_tokenizer(_TOKENIZER, analyzer)
        self._folder = folder
        self._frequencies: dict[tuple[str, str], int] = {}
        self._read = Remembered[IndexedWords](_REMEMBERED_CHUNKS)
        # Where the chunks lately found stand: to look for their ids again takes longest.
        self._found = Remembered[tantivy.DocAddress](_REMEMBERED_CHUNKS)
        self._passing: dict[Filters, frozenset[str]] = {}
        self._open()

    def _open(self) -> None:
        self._searcher = self._index.searcher()
        self._chunk_ids = _read_chunk_ids(self._folder)
        if len(self._chunk_ids) < self.count():
            raise _damaged()
        self._frequencies.clear()
        self._read.clear()
        self._found.clear()
        self._passing.clear()

    def replace(
        self,
        chunks: list[Chunk],
        words: list[IndexedWords],
        documents: dict[str, SourceDocument],
        removed_docs: list[str],
    ) -> None:
        """Remove documents and add chunks, with the words of each, in one commit."""
        writer = self._index.writer(heap_size=_HEAP_BYTES, num_threads=1)
        for doc_id in removed_docs:
            writer.delete_documents_by_term("doc_id", doc_id)
        first = len(self._chunk_ids)
        for place, (chunk, found) in enumerate(zip(chunks, words, strict=True), start=first):
            writer.add_document(_document(place, chunk, found, documents[chunk.doc_id]))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        added = np.array([chunk.chunk_id for chunk in chunks], dtype=np.str_)
        np.save(self._folder / _CHUNK_IDS, np.concatenate([self._chunk_ids, added]))
        self._open()

    def count(self) -> int:
        """Chunks in the index."""
        return int(self._searcher.num_docs)

    def document_frequency(self, *words: str) -> int:
        """Chunks that hold a word, or words side by side: then those of the rarest pair.

        Chunks already taken out do not count.
        """
        if len(words) == 1:
            return self._frequency("body", words[0])
        return min(self._frequency("pairs", pair) for pair in word_pairs(list(words)))

    def _frequency(self, field: str, term: str) -> int:
        found = self._frequencies.get((field, term))
        if found is None:
            found = self._chunks_with(field, term)
            if len(self._frequencies) >= _REMEMBERED_TERMS:
                self._frequencies.clear()
            self._frequencies[field, term] = found
        return found

    def _chunks_with(self, field: str, term: str) -> int:
        if self.count() == len(self._chunk_ids):
            return self._searcher.doc_freq(field, term)
        # Tantivy's own figure also counts what was taken out since.
        query = tantivy.Query.term_query(self._schema, field, term)
        result: Any = self._searcher.search(query, 1, count=True)
        return int(result.count)  # absent from the stubs

    def search(self, terms: list[Term], filters: Filters, limit: int) -> dict[str, float]:
        """BM25 scores of the best chunks that hold a term and pass the filters.

        Args:
            terms: weighted terms; none gives no result.
            filters: restrictions, all of which hold.
            limit: how many chunks at most.

        Returns:
            chunk_id → score, best first; never a chunk without a matching term.
        """
        if not terms:
            return {}
        scored = tantivy.Query.boolean_query(
            [
                (
                    tantivy.Occur.Should,
                    tantivy.Query.boost_query(
                        tantivy.Query.term_query(
                            self._schema, "pairs" if term.pair else "body", term.text
                        ),
                        term.weight,
                    ),
                )
                for term in terms
            ]
        )
        restrictions = self._restrictions(filters)
        query = scored
        if restrictions:
            query = tantivy.Query.boolean_query(
                [
                    (tantivy.Occur.Must, scored),
                    *(
                        (tantivy.Occur.Must, tantivy.Query.const_score_query(part, 0.0))
                        for part in restrictions
                    ),
                ]
            )
        hits = self._searcher.search(query, limit, count=False).hits
        addresses = [address for _, address in hits]
        ids = self._ids_at(addresses)
        self._found.keep(dict(zip(ids, addresses, strict=True)))
        return dict(zip(ids, (score for score, _ in hits), strict=True))

    def words_of(self, chunk_ids: list[str]) -> dict[str, IndexedWords]:
        """The content words of some chunks; unknown ids are left out."""
        found = self._read.known(chunk_ids)
        missing = [chunk_id for chunk_id in chunk_ids if chunk_id not in found]
        if missing:
            for address in self._addresses(missing):
                document = self._searcher.doc(address)
                found[document["chunk_id"][0]] = _indexed_words(document)
            self._read.keep(found)
        return found

    def _addresses(self, chunk_ids: list[str]) -> list[tantivy.DocAddress]:
        known = self._found.known(chunk_ids)
        rest = [chunk_id for chunk_id in chunk_ids if chunk_id not in known]
        if not rest:
            return list(known.values())
        query = tantivy.Query.term_set_query(self._schema, "chunk_id", rest)
        hits = self._searcher.search(query, len(rest), count=False).hits
        return [*known.values(), *(address for _, address in hits)]

    def passing(self, filters: Filters) -> frozenset[str] | None:
        """Ids of all chunks that pass the filters; None when there is nothing to filter by."""
        restrictions = self._restrictions(filters)
        if not restrictions:
            return None
        found = self._passing.get(filters)
        if found is None:
            all_of = [(tantivy.Occur.Must, part) for part in restrictions]
            query = tantivy.Query.boolean_query(all_of)
            hits = self._searcher.search(query, _MOST_FILTERED, count=False).hits
            found = frozenset(self._ids_at([address for _, address in hits]))
            if len(self._passing) >= _REMEMBERED_FILTERS:
                self._passing.clear()
            self._passing[filters] = found
        return found

    def _ids_at(self, addresses: list[tantivy.DocAddress]) -> list[str]:
        """Ids of chunks, from a column and a table: reading a document takes its words too."""
        places = self._searcher.fast_field_values("place", addresses)
        ids: list[str] = self._chunk_ids[np.array(places, dtype=np.int64)].tolist()
        return ids

    def _restrictions(self, filters: Filters) -> list[tantivy.Query]:
        parts = [
            tantivy.Query.term_query(self._schema, name, value)
            for name, value in (("kind", filters.kind), ("status", filters.status))
            if value
        ]
        if filters.since or filters.until:
            parts.append(
                tantivy.Query.range_query(
                    self._schema,
                    "published",
                    tantivy.FieldType.Integer,
                    _day_number(filters.since) if filters.since else 1,
                    _day_number(filters.until) if filters.until else None,
                )
            )
        parts += [
            tantivy.Query.term_set_query(self._schema, name, list(values))
            for name, values in (("said_by", filters.speakers), ("doc_id", filters.documents))
            if values
        ]
        if filters.speaker:
            words = content_words(filters.speaker) or [filters.speaker]
            parts += [tantivy.Query.term_query(self._schema, "speaker", word) for word in words]
        return parts


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("chunk_id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("place", fast=True)
    builder.add_text_field("doc_id", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("kind", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("status", tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("published", indexed=True, fast=True)
    builder.add_float_field("nouns", stored=True)
    builder.add_text_field("said_by", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("speaker", tokenizer_name=_TOKENIZER, index_option="basic")
    builder.add_text_field("body", stored=True, tokenizer_name=_TOKENIZER, index_option="freq")
    builder.add_text_field("pairs", tokenizer_name=_TOKENIZER, index_option="freq")
    return builder.build()


def _document(
    place: int, chunk: Chunk, words: IndexedWords, document: SourceDocument
) -> tantivy.Document:
    return tantivy.Document(
        chunk_id=chunk.chunk_id,
        # Row of the chunk in the table of ids.
        place=place,
        doc_id=chunk.doc_id,
        kind=document.kind,
        status=document.status,
        # 0 stands for an unknown date: it passes no date filter.
        published=_day_number(document.published) if document.published else 0,
        speaker=" ".join(words.named),
        said_by=words.speaker or "",
        nouns=words.nouns,
        # A line for the heading, one for the speaker, one for each sentence: see `_indexed_words`.
        body="\n".join(" ".join(line) for line in (words.section, words.named, *words.sentences)),
        pairs=" ".join(word_pairs(words.searched)),
    )


def _indexed_words(document: tantivy.Document) -> IndexedWords:
    lines = document["body"][0].split("\n")
    section, named, *sentences = [tuple(line.split(" ")) if line else () for line in lines]
    return IndexedWords(
        section, named, tuple(sentences), document["said_by"][0] or None, document["nouns"][0]
    )


def _read_chunk_ids(folder: Path) -> npt.NDArray[np.str_]:
    """Ids by place, of all chunks ever added; empty for a new index."""
    path = folder / _CHUNK_IDS
    if not path.is_file():
        return np.empty(0, dtype=np.str_)
    try:
        ids: npt.NDArray[np.str_] = np.load(path)
    except (OSError, EOFError, ValueError) as error:
        raise _damaged() from error
    return ids


def _day_number(day: str) -> int:
    """2024-04-24 → 20240424; a month counts as its first day."""
    return int(days_of(day)[0].isoformat().replace("-", ""))


def _damaged() -> IndexDamagedError:
    return IndexDamagedError(
        "索引の語の部分が壊れています。", "regional-dx index rebuild を実行してください。"
    )
