"""A chat model in the test's own process: LangChain's interface, a function for a mind."""

from collections.abc import Callable, Iterator
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

from assistant.answering.provider import ChatModel, Clock
from assistant.settings import Settings

_ENDED = {"finish_reason": "stop"}


class Scripted(BaseChatModel):
    """Answers each prompt with what `mind` makes of it."""

    mind: Callable[[str], str]

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        text = self.mind("\n".join(str(m.content) for m in messages))
        message = AIMessage(text, response_metadata=_ENDED)
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _stream(
        self, messages: list[BaseMessage], *_: Any, **__: Any
    ) -> Iterator[ChatGenerationChunk]:
        text = self.mind("\n".join(str(m.content) for m in messages))
        for start in range(0, len(text), 40):
            yield ChatGenerationChunk(message=AIMessageChunk(text[start : start + 40]))
        yield ChatGenerationChunk(message=AIMessageChunk("", response_metadata=_ENDED))


def scripted(mind: Callable[[str], str], **settings: Any) -> ChatModel:
    """An open model that answers with `mind`."""
    options = Settings(model="scripted:mind", **settings)
    return ChatModel(Scripted(mind=mind), "scripted:mind", options, Clock())
