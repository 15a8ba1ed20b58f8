"""The shared small index, opened below the assistant; read only."""

import pytest


@pytest.fixture(scope="session")
def word_vectors(index_root):
    from assistant.retrieval.embeddings import WordVectors

    return WordVectors(index_root / "word-vectors")
