"""The words of a question and, at lower weight, what stands for them in an index."""

from assistant.japanese.thesaurus import load_thesaurus
from assistant.retrieval.index import Index
from assistant.retrieval.query import ASKING_WORDS
from assistant.retrieval.words import Term

# The reference recipe for these word vectors: 5 nearest, cosine over .6, weight .3 times cosine.
_EXPANSION_TERMS = 5
_EXPANSION_LEAST = 0.6
_EXPANSION_WEIGHT = 0.3
_ASKING_WEIGHT = 0.2


def expanded_terms(index: Index, words: list[str]) -> list[Term]:
    """Weighted terms for a question.

    A word given twice weighs twice, a word of asking (教える, どんな) little; an expansion by the
    thesaurus or by word vectors never outweighs a word of the question.
    """
    weights: dict[str, float] = {}
    for word in words:
        weight = _ASKING_WEIGHT if word in ASKING_WORDS else 1.0
        weights[word] = weights.get(word, 0.0) + weight
    near = load_thesaurus().expand(words)
    for word in weights:
        for term, similarity in index.expansion.nearest(word, _EXPANSION_TERMS, _EXPANSION_LEAST):
            near[term] = max(near.get(term, 0.0), _EXPANSION_WEIGHT * similarity)
    terms = [Term(word, weight) for word, weight in weights.items()]
    return terms + [Term(word, weight) for word, weight in near.items() if word not in weights]
