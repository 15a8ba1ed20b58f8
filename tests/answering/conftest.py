"""The parts of the shared small index that answering works on; read only."""

import pytest


@pytest.fixture(scope="session")
def pages(index):
    """File name → pages as read."""
    return {
        document.source_path.rpartition("/")[2]: index.pages(doc_id)
        for doc_id, document in index.manifest.documents.items()
    }


@pytest.fixture(scope="session")
def chunks(index):
    """All chunks of the index, each with its pages."""
    ids = [
        f"{doc_id}-{number:04d}"
        for doc_id in index.manifest.documents
        for number in range(index.manifest.chunks)
    ]
    found = index.vectors.chunks(ids)
    assert len(found) == index.manifest.chunks
    return [(chunk, index.pages(chunk.doc_id)) for chunk in found.values()]
