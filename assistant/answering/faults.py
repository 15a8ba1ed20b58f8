"""Model failures by name: what a provider's exception means, and what to tell the reader."""

import re

from langchain_core.exceptions import (
    ContextOverflowError,
    ModelConnectionError,
    ModelTimeoutError,
)

from assistant.errors import Fault, ModelError

_BY_STATUS: dict[int, Fault] = {
    401: "key",
    403: "key",
    404: "missing",
    408: "server",
    409: "server",
    413: "context",
    425: "server",
    429: "limit",
}
_CONTEXT = re.compile(
    r"context.{0,20}(?:length|window|size)|maximum context|too many tokens|prompt is too long|"
    r"input is too long|exceed\w*.{0,30}(?:tokens|n_ctx)",
    re.IGNORECASE,
)
# By class name: the HTTP libraries under the SDKs (httpx, httpx2, botocore) share no base class.
_TIMEOUT = re.compile(r"time(?:d)?_?out", re.IGNORECASE)
_CONNECTION = re.compile(
    r"connect|network|protocol|readerror|writeerror|socket|dns|ssl|tls|endpoint", re.IGNORECASE
)

_TEXTS: dict[Fault, tuple[str, str]] = {
    "package": (
        "言語モデルを使う準備ができていません。",
        "REGIONAL_DX_MODEL の書き方(例: openai:モデル名)と、"
        "提供元の部品(例: pip install 'regional-dx-assistant[openai]')を確かめてください。",
    ),
    "key": (
        "言語モデルの提供元が、鍵(APIキー)を受け付けませんでした。",
        "OPENAI_API_KEY などの提供元の環境変数か REGIONAL_DX_MODEL_KEY に、"
        "有効な鍵を設定してください。",
    ),
    "missing": (
        "指定した言語モデルか接続先が見つかりません。",
        "REGIONAL_DX_MODEL のモデル名と REGIONAL_DX_MODEL_URL の接続先を確かめてください。",
    ),
    "request": (
        "言語モデルの提供元が、要求を受け付けませんでした。",
        "モデルが文章の生成(チャット)に対応しているか、提供元の説明で確かめてください。",
    ),
    "context": (
        "資料が長く、言語モデルに一度に渡せませんでした。",
        "REGIONAL_DX_MODEL_CONTEXT を、モデルが扱えるトークン数に合わせてください。",
    ),
    "limit": (
        "言語モデルの利用の上限に達しています。",
        "しばらく待ってからもう一度試すか、提供元で利用の上限を確かめてください。",
    ),
    "server": (
        "言語モデルの提供元で障害が起きています。",
        "しばらく待ってから、もう一度試してください。",
    ),
    "unreachable": (
        "言語モデルの接続先につながりません。",
        "ネットワークと REGIONAL_DX_MODEL_URL を確かめ、手元のモデルなら起動しているか"
        "確かめてください。",
    ),
    "timeout": (
        "言語モデルが時間内に答えませんでした。",
        "しばらく待って試すか、REGIONAL_DX_MODEL_SECONDS と "
        "REGIONAL_DX_MODEL_READ_SECONDS を長くしてください。",
    ),
    "cut": (
        "言語モデルの回答が途中で切れました。",
        "REGIONAL_DX_MODEL_TOKENS を増やすか、もう一度試してください。",
    ),
    "empty": (
        "言語モデルが空の回答を返しました。",
        "REGIONAL_DX_MODEL_TOKENS を増やすか、別のモデルを試してください。",
    ),
    "refused": (
        "言語モデルの提供元が、回答を控えました。",
        "質問の言い方を変えるか、--mode extractive を使ってください。",
    ),
    "malformed": (
        "言語モデルの回答を、決められた形として読めませんでした。",
        "指示に従いやすい別のモデルを試してください。",
    ),
}


def model_error(fault: Fault, detail: str = "") -> ModelError:
    """The error a reader meets, in Japanese; `detail` is put beside the message."""
    message, remedy = _TEXTS[fault]
    return ModelError(f"{message}({detail})" if detail else message, remedy, fault=fault)


def fault_of(error: Exception, *, begun: bool) -> Fault:
    """What a provider's exception means.

    Args:
        error: whatever the provider's package raised.
        begun: part of the reply had arrived: a connection lost then is a reply cut off.
    """
    status = _status(error)
    if isinstance(error, ContextOverflowError) or (
        status in {None, 400, 413, 422} and _CONTEXT.search(str(error))
    ):
        return "context"
    if status is not None and status >= 400:
        return _BY_STATUS.get(status, "server" if status >= 500 else "request")
    names = " ".join(kind.__name__ for kind in type(error).__mro__)
    if "LengthFinishReason" in names:
        return "cut"
    if "ContentFilterFinishReason" in names:
        return "refused"
    if isinstance(error, ModelTimeoutError | TimeoutError) or _TIMEOUT.search(names):
        return "timeout"
    if isinstance(error, ModelConnectionError | OSError) or _CONNECTION.search(names):
        return "cut" if begun else "unreachable"
    return "malformed"


def _status(error: Exception) -> int | None:
    response = getattr(error, "response", None)
    for holder in (error, response):
        status = getattr(holder, "status_code", None)
        if isinstance(status, int):
            return status
    return None
