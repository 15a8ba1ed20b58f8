"""What LlamaIndex does by default with a folder: read, split, embed, store. Run by `ingest`.

Runs in an environment of its own (``llama-index-readers-file`` needs an older pypdf than ours) and
imports nothing of this project. Vectors come from our embedder, asked over its standard streams,
so that both sides pay for the same embedding.
"""

import json
import subprocess
import sys
from typing import Any

import chromadb
import numpy as np
from llama_index.core import (
    SimpleDirectoryReader,
    StorageContext,
    VectorStoreIndex,
)
from llama_index.core.embeddings import BaseEmbedding
from llama_index.core.node_parser import SentenceSplitter
from llama_index.vector_stores.chroma import ChromaVectorStore
from pydantic import PrivateAttr


class PipedEmbedding(BaseEmbedding):
    """Our embedder in its own process: a line of texts in, a line of vectors out."""

    _child: Any = PrivateAttr()

    def __init__(self, command: list[str]) -> None:
        super().__init__(model_name="sif")
        self._child = subprocess.Popen(  # noqa: S603  # the command of the benchmark
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        self._child.stdin.write(json.dumps(texts) + "\n")
        self._child.stdin.flush()
        raw = bytes.fromhex(self._child.stdout.readline())
        vectors: list[list[float]] = np.frombuffer(raw, np.float32).reshape(len(texts), -1).tolist()
        return vectors

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)


def main() -> None:
    """Index the folder named first into the store named second; the rest starts our embedder."""
    folder, store, *embedder = sys.argv[1:]
    documents = SimpleDirectoryReader(folder).load_data()
    collection = chromadb.PersistentClient(store).get_or_create_collection("documents")
    VectorStoreIndex.from_documents(
        documents,
        storage_context=StorageContext.from_defaults(
            vector_store=ChromaVectorStore(chroma_collection=collection)
        ),
        transformations=[SentenceSplitter()],
        embed_model=PipedEmbedding(embedder),
    )
    print(json.dumps({"pages": len(documents), "nodes": collection.count()}))


if __name__ == "__main__":
    main()
