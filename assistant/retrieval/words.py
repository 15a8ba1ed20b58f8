"""The words side of an index: BM25 over Sudachi's content words, kept by Tantivy.

Tokens only; the text itself is kept by Chroma. `body` holds the words of heading, speaker and text,
`pairs` its adjacent content-word pairs.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tantivy

from assistant.errors import IndexDamagedError
from assistant.japanese.sentences import split_sentences
from assistant.japanese.words import content_words, tagged_words, word_pairs
from assistant.schema import Chunk, Filters, SourceDocument

_TOKENIZER = "whitespace"
_HEAP_BYTES = 64_000_000
_REMEMBERED_TERMS = 50_000
# Every chunk id that a filter lets through is collected before the vectors are asked.
_MOST_FILTERED = 1_000_000


@dataclass(frozen=True, slots=True)
class Term:
    """A weighted search term."""

    text: str
    """A content word, or a pair of adjacent ones as `word_pairs` joins them."""
    weight: float
    pair: bool = False


@dataclass(frozen=True, slots=True)
class IndexedWords:
    """What the words side knows of one chunk, all as content words in order."""

    section: tuple[str, ...]
    sentences: tuple[tuple[str, ...], ...]
    speaker: str | None
    """As printed."""
    nouns: float
    """Share of nouns among the content words of the text, 0 to 1."""

    @property
    def lines(self) -> tuple[tuple[str, ...], ...]:
        """Heading and sentences."""
        return (self.section, *self.sentences)


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
        self._searcher = self._index.searcher()
        self._frequencies: dict[tuple[str, str], int] = {}

    def replace(
        self,
        chunks: list[Chunk],
        documents: dict[str, SourceDocument],
        removed_docs: list[str],
    ) -> None:
        """Remove documents and add chunks in one commit."""
        writer = self._index.writer(heap_size=_HEAP_BYTES, num_threads=1)
        for doc_id in removed_docs:
            writer.delete_documents_by_term("doc_id", doc_id)
        for chunk in chunks:
            writer.add_document(_document(chunk, documents[chunk.doc_id]))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()
        self._frequencies.clear()

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
        if (field, term) not in self._frequencies:
            if len(self._frequencies) >= _REMEMBERED_TERMS:
                self._frequencies.clear()
            query = tantivy.Query.term_query(self._schema, field, term)
            result: Any = self._searcher.search(query, 1, count=True)
            self._frequencies[field, term] = int(result.count)  # absent from the stubs
        return self._frequencies[field, term]

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
        return {self._searcher.doc(address)["chunk_id"][0]: score for score, address in hits}

    def words_of(self, chunk_ids: list[str]) -> dict[str, IndexedWords]:
        """The content words of some chunks; unknown ids are left out."""
        found: dict[str, IndexedWords] = {}
        if chunk_ids:
            query = tantivy.Query.term_set_query(self._schema, "chunk_id", chunk_ids)
            for _, address in self._searcher.search(query, len(chunk_ids), count=False).hits:
                document = self._searcher.doc(address)
                section, _, *lines = (
                    tuple(line.split(" ")) if line else ()
                    for line in document["body"][0].split("\n")
                )
                found[document["chunk_id"][0]] = IndexedWords(
                    section, tuple(lines), document["said_by"][0] or None, document["nouns"][0]
                )
        return found

    def passing(self, filters: Filters) -> list[str] | None:
        """Ids of all chunks that pass the filters; None when there is nothing to filter by."""
        restrictions = self._restrictions(filters)
        if not restrictions:
            return None
        query = tantivy.Query.boolean_query([(tantivy.Occur.Must, part) for part in restrictions])
        hits = self._searcher.search(query, _MOST_FILTERED, count=False).hits
        return [self._searcher.doc(address)["chunk_id"][0] for _, address in hits]

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


def _document(chunk: Chunk, document: SourceDocument) -> tantivy.Document:
    section, speaker = content_words(chunk.section or ""), content_words(chunk.speaker or "")
    tagged = [tagged_words(chunk.text[a:b]) for a, b in split_sentences(chunk.text)]
    sentences = [[word.text for word in words] for words in tagged]
    nouns = [word.speech == "noun" for words in tagged for word in words]
    return tantivy.Document(
        chunk_id=chunk.chunk_id,
        doc_id=chunk.doc_id,
        kind=document.kind,
        status=document.status,
        # 0 stands for an unknown date: it passes no date filter.
        published=_day_number(document.published) if document.published else 0,
        speaker=" ".join(speaker),
        said_by=chunk.speaker or "",
        nouns=sum(nouns) / len(nouns) if nouns else 0.0,
        # A line for the heading, one for the speaker, one for each sentence: see `words_of`.
        body="\n".join(" ".join(words) for words in (section, speaker, *sentences)),
        pairs=" ".join(word_pairs([*section, *speaker, *(w for line in sentences for w in line)])),
    )


def _day_number(day: str) -> int:
    """2024-04-24 → 20240424."""
    return int(day.replace("-", ""))


def _damaged() -> IndexDamagedError:
    return IndexDamagedError(
        "索引の語の部分が壊れています。", "regional-dx index rebuild を実行してください。"
    )
