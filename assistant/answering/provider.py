"""The chat model behind an answer: any provider of LangChain's `init_chat_model`, made dependable.

Every call ends in text or in a `ModelError` that names the fault, within the deadline: the reply is
read in a thread of its own, so a provider that hangs, drips or never resolves cannot hold an answer
back. Retries are counted here only; the SDKs' own are switched off.
"""

import random
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from queue import Empty, Queue
from threading import Event, Thread
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk
from langchain_core.runnables import Runnable, RunnableSequence

from assistant.answering.faults import fault_of, model_error
from assistant.errors import ModelError
from assistant.prompts import Messages
from assistant.settings import Settings

_ATTEMPTS = 3
_FIRST_WAIT = 0.5
_LONGEST_WAIT = 8.0
"""Seconds; full jitter over min(longest, first · 2^n), see M. Brooker, "Exponential Backoff And
Jitter", AWS Architecture Blog 2015."""
_RETRIED = frozenset({"limit", "server", "unreachable", "timeout"})
_CUT = frozenset({"length", "max_tokens", "model_length", "MAX_TOKENS"})
_REFUSED = frozenset({"content_filter", "refusal", "SAFETY", "PROHIBITED_CONTENT"})
# How providers name the end of a reply in `response_metadata`.
_REASONS = ("finish_reason", "stop_reason", "stopReason", "done_reason")
# These take the key, the read limit and the number of retries under the SDK's names.
_SDK_OPTIONS = frozenset({"openai", "azure_openai", "anthropic"})


@dataclass(frozen=True, slots=True)
class Clock:
    """Time as the retries see it; tests pass their own."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[float, float], float] = random.uniform  # noqa: S311  # no secret


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call as the provider counts them; zeros where it does not."""

    input_tokens: int = 0
    output_tokens: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.input_tokens + other.input_tokens, self.output_tokens + other.output_tokens
        )


class ChatModel:
    """A chat model that answers or fails by name, in time."""

    def __init__(self, chat: BaseChatModel, name: str, settings: Settings, clock: Clock) -> None:
        """Wrap a LangChain model; `open` is the usual way in."""
        self.name = name
        self.context = settings.model_context
        self.reply_tokens = settings.model_tokens
        self._chat = chat
        self._settings = settings
        self._clock = clock
        self.structured = True
        """Replies are asked for by schema; False once the provider has turned that down."""

    @classmethod
    def open(cls, settings: Settings, clock: Clock | None = None) -> "ChatModel":
        """The model named in the settings; nothing is sent yet.

        Raises:
            ModelError: no such provider, its package is not installed, or a key is missing.
        """
        assert settings.model is not None
        from langchain.chat_models import init_chat_model

        try:
            chat = init_chat_model(settings.model, **_options(settings))
        except Exception as error:  # each provider's package raises its own kinds
            raise _not_opened(settings.model, error) from error
        assert isinstance(chat, BaseChatModel)
        return cls(chat, settings.model, settings, clock or Clock())

    def deadline(self) -> float:
        """The moment, on the model's clock, at which calls made for one answer must have ended."""
        return self._clock.now() + self._settings.model_seconds

    def stream(
        self, messages: Messages, schema: dict[str, Any], deadline: float
    ) -> Generator[str, None, Usage]:
        """The reply piece by piece; returns what it cost.

        Structured output is asked for until the provider turns it down; then, and for the rest of
        this model's life, the prompt alone asks for JSON.

        Args:
            messages: the rendered prompt.
            schema: JSON schema of the reply, with a title.
            deadline: see `deadline`.

        Raises:
            ModelError: no whole reply. Pieces given before remain good as far as they go.
        """
        attempt = 0
        while True:
            attempt += 1
            structured = self.structured
            begun = False
            try:
                usage = Usage()
                for piece in self._reply(messages, schema if structured else None, deadline):
                    if isinstance(piece, Usage):
                        usage = piece
                    else:
                        begun = True
                        yield piece
                return usage
            except ModelError as error:
                if structured and error.fault == "request" and not begun:
                    self.structured = False
                elif begun or error.fault not in _RETRIED or attempt >= _ATTEMPTS:
                    raise
                else:
                    self._wait(attempt, error, deadline)
                if attempt >= _ATTEMPTS:
                    raise

    def _wait(self, attempt: int, error: ModelError, deadline: float) -> None:
        """Wait before another attempt, as long as the provider asks.

        Raises:
            ModelError: the provider asks for more time than there is.
        """
        longest = min(_LONGEST_WAIT, _FIRST_WAIT * 2.0**attempt)
        wait = _retry_after(error) + self._clock.jitter(0.0, longest)
        if self._clock.now() + wait >= deadline:
            raise error
        self._clock.sleep(wait)

    def _reply(
        self, messages: Messages, schema: dict[str, Any] | None, deadline: float
    ) -> Iterator[str | Usage]:
        """One attempt: pieces of text, then the cost."""
        usage, reason, text, refusal = Usage(), None, False, False
        for chunk in self._chunks(self._bound(schema), messages, deadline):
            piece = chunk.text + "".join(call["args"] or "" for call in chunk.tool_call_chunks)
            refusal = refusal or bool(chunk.additional_kwargs.get("refusal"))
            if chunk.usage_metadata:
                counted = chunk.usage_metadata
                usage += Usage(counted["input_tokens"], counted["output_tokens"])
            metadata = chunk.response_metadata
            reason = next((metadata[name] for name in _REASONS if metadata.get(name)), reason)
            if piece:
                text = text or bool(piece.strip())
                yield piece
        if refusal or reason in _REFUSED:
            raise model_error("refused")
        if not text:
            raise model_error("empty")
        if reason is None or reason in _CUT:
            raise model_error("cut")
        yield usage

    def _bound(self, schema: dict[str, Any] | None) -> Runnable[Any, Any]:
        """The model bound to a schema in its provider's own way, or as it is."""
        if schema is None:
            return self._chat
        try:
            chain = self._chat.with_structured_output(schema)
        except (NotImplementedError, ValueError):
            chain = self._chat
        if isinstance(chain, RunnableSequence):
            # Without the parser behind it, which would hold the stream back to the end.
            return chain.first
        self.structured = False
        return self._chat

    def _chunks(
        self, model: Runnable[Any, Any], messages: Messages, deadline: float
    ) -> Iterator[AIMessageChunk]:
        """The chunks of one call, each within the read limit and all before the deadline."""
        arrived: Queue[object] = Queue()
        given_up = Event()

        def read() -> None:
            try:
                for chunk in model.stream(messages):
                    arrived.put(chunk)
                    if given_up.is_set():
                        return
                arrived.put(None)
            except Exception as error:  # noqa: BLE001  # handed over, named by the reader
                arrived.put(error)

        # A daemon: a provider that never answers must not keep the program from ending.
        Thread(target=read, daemon=True).start()
        begun = False
        try:
            while True:
                patience = min(
                    self._settings.model_read_seconds, max(0.0, deadline - self._clock.now())
                )
                try:
                    item = arrived.get(timeout=patience)
                except Empty:
                    raise model_error("timeout") from None
                if item is None:
                    return
                if isinstance(item, Exception):
                    raise model_error(fault_of(item, begun=begun)) from item
                if isinstance(item, AIMessageChunk):
                    begun = True
                    yield item
        finally:
            given_up.set()


def _options(settings: Settings) -> dict[str, Any]:
    """What `init_chat_model` is to be told, in the provider's own words."""
    provider = (settings.model or "").partition(":")[0]
    options: dict[str, Any] = {"temperature": 0}
    if settings.model_url:
        options["base_url"] = settings.model_url
    if settings.model_key:
        options["api_key"] = settings.model_key
    if provider == "ollama":
        options |= {
            "num_ctx": settings.model_context,
            "num_predict": settings.model_tokens,
            "client_kwargs": {"timeout": settings.model_read_seconds},
        }
        options.pop("api_key", None)
        return options
    options["max_tokens"] = settings.model_tokens
    if provider in _SDK_OPTIONS:
        options |= {"timeout": settings.model_read_seconds, "max_retries": 0}
    if provider == "openai" and settings.model_url and not settings.model_key:
        # A key meant for the provider itself must not reach another server.
        options["api_key"] = "none"
    return options


def _not_opened(name: str, error: Exception) -> ModelError:
    fault = fault_of(error, begun=False)
    if isinstance(error, ImportError):
        fault = "package"
    elif "key" in str(error).lower():
        fault = "key"
    elif isinstance(error, ValueError | TypeError):
        fault = "package"
    return model_error(fault, name)


def _retry_after(error: ModelError) -> float:
    """Seconds the provider asks to wait; 0 when it does not say."""
    headers = getattr(getattr(error.__cause__, "response", None), "headers", None) or {}
    try:
        if "retry-after-ms" in headers:
            return max(0.0, float(headers["retry-after-ms"]) / 1000)
        text = str(headers.get("retry-after", "0"))
        if text.replace(".", "", 1).isdecimal():
            return float(text)
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return 0.0
