"""How much of a question a text meets: every word of the question counts once, by its IDF.

BM25 adds up whatever matches; coverage asks what is left unmet. The search reranks by it, and the
answer decides by it what to say and when to refuse.
"""

import math

from assistant.japanese.thesaurus import load_thesaurus
from assistant.retrieval.expansion import expanded_terms
from assistant.retrieval.index import Index

TermWeights = dict[str, tuple[float, dict[str, float]]]
"""Question word → (share of the question's weight, stand-ins with what each counts, 0 to 1)."""

_STAND_IN = 1.2
"""What a stand-in counts, times its search weight, at most 1."""


def term_weights(index: Index, words: tuple[str, ...]) -> TermWeights:
    """Weigh the words of a question by their IDF over the chunks; all weights add up to 1."""
    count = index.manifest.chunks
    weights: TermWeights = {}
    for word in words:
        frequency = index.words.document_frequency(word)
        idf = math.log(1 + (count - frequency + 0.5) / (frequency + 0.5))
        near = {
            term.text: min(1.0, _STAND_IN * term.weight)
            for term in expanded_terms(index, [word])
            if term.text != word
        }
        weights[word] = (idf, near)
    # A phrase (「光の線」) stands for its official words as a whole: they meet each of its words.
    for term, targets in load_thesaurus().matches(words):
        for word in term:
            near = weights[word][1]
            for target, weight in targets.items():
                near[target] = max(near.get(target, 0.0), min(1.0, _STAND_IN * weight))
    total = sum(idf for idf, _ in weights.values()) or 1.0
    return {word: (idf / total, near) for word, (idf, near) in weights.items()}


def shares(
    weights: TermWeights, words: set[str], around: set[str], context: float
) -> dict[str, float]:
    """Question word → how much of its weight a text meets.

    Args:
        weights: see `term_weights`.
        words: content words of the text.
        around: content words of what surrounds it.
        context: what a word counts that stands only in the surroundings, 0 to 1.
    """
    met = {}
    for word, (weight, near) in weights.items():
        inside = max((share for term, share in near.items() if term in words), default=0.0)
        outside = max((share for term, share in near.items() if term in around), default=0.0)
        met[word] = weight * max(
            1.0 if word in words else inside,
            context * (1.0 if word in around else outside),
        )
    return met


def coverage(weights: TermWeights, words: set[str]) -> float:
    """Share of a question's weight that a text meets, 0 to 1."""
    return sum(shares(weights, words, set(), 0.0).values())
