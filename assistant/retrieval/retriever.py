"""The search for LangChain. Apart from the search: LangChain takes a second to import."""

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import InstanceOf, SkipValidation

from assistant.question.read import read_question
from assistant.records.answers import Filters
from assistant.retrieval.index import Index
from assistant.retrieval.models import Reranker
from assistant.retrieval.search import find


class PassageRetriever(BaseRetriever):
    """The search as a LangChain retriever: each document's metadata holds its `Passage`."""

    index: InstanceOf[Index]
    count: int = 5
    filters: InstanceOf[Filters] = Filters()
    reranker: SkipValidation[Reranker | None] = None

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, **_: Any
    ) -> list[Document]:
        question = read_question(self.index, query, self.filters)
        return [
            Document(
                id=passage.chunk.chunk_id,
                page_content=passage.chunk.text,
                metadata={"passage": passage},
            )
            for passage in find(self.index, question, self.count, reranker=self.reranker).passages
        ]
