"""Fetching one document over HTTP: a public address only, bounded in size and time.

An address is resolved once, checked, and then connected to as checked: neither a redirect nor a
name that changes its mind between the two (DNS rebinding) reaches the inside of a network.
"""

import hashlib
import ipaddress
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from urllib.parse import unquote

import httpx

from assistant.errors import FetchError

_REDIRECTS = 5
_CONNECT_SECONDS = 10.0
_BY_HAND = "ブラウザーで保存したファイルを regional-dx corpus add ファイル で加えることもできます。"
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document as it arrived."""

    url: str
    """Address that gave it, after redirects."""
    name: str
    """File name the server or the address gives; empty where neither does."""
    sha256: str
    bytes: int


def fetch(
    url: str, target: Path, *, megabytes: int, seconds: float, loopback: bool = False
) -> Fetched:
    """Fetch a document into a file.

    Args:
        url: http or https.
        target: file to write; incomplete when an error is raised.
        megabytes: largest document, in MB (10^6 bytes).
        seconds: time for the whole transfer.
        loopback: allow this machine's own addresses (tests).

    Raises:
        FetchError: the address is not public or not there, or the document is too large, too slow
            or cut off.
    """
    limits = httpx.Timeout(seconds, connect=min(seconds, _CONNECT_SECONDS))
    deadline = time.monotonic() + seconds
    # Proxies and credentials of the environment are not used: they would bypass the check.
    client = httpx.Client(
        transport=_PublicTransport(loopback=loopback),
        follow_redirects=True,
        max_redirects=_REDIRECTS,
        timeout=limits,
        trust_env=False,
        headers={"Accept-Encoding": "identity", "User-Agent": "regional-dx-assistant"},
    )
    try:
        with client, client.stream("GET", _checked(url)) as response:
            if response.is_error:
                raise FetchError(
                    f"文書を取得できません({response.status_code}): {response.url}",
                    f"アドレスを確かめてください。{_BY_HAND}",
                )
            digest, size = hashlib.sha256(), 0
            _check_size(int(response.headers.get("content-length", 0)), megabytes)
            with target.open("wb") as file:
                for piece in _pieces(response, deadline):
                    size += len(piece)
                    _check_size(size, megabytes)
                    digest.update(piece)
                    file.write(piece)
            return Fetched(str(response.url), _name(response), digest.hexdigest(), size)
    except httpx.TooManyRedirects as error:
        raise FetchError(f"転送が{_REDIRECTS}回を超えました: {url}", _BY_HAND) from error
    except httpx.TimeoutException as error:
        raise _too_slow() from error
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise FetchError(
            f"文書を最後まで取得できません({type(error).__name__}): {url}",
            f"通信とアドレスを確かめてください。{_BY_HAND}",
        ) from error


class _PublicTransport(httpx.HTTPTransport):
    """Connects to public addresses only; every request passes here, each redirect too."""

    def __init__(self, *, loopback: bool) -> None:
        super().__init__(trust_env=False)
        self._loopback = loopback

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request to the checked address under the name asked for."""
        host = request.url.host
        _checked(str(request.url))
        address = _public_address(host, request.url.port, loopback=self._loopback)
        pinned = httpx.Request(
            request.method,
            request.url.copy_with(host=address),
            headers=request.headers,
            stream=request.stream,
            # The certificate is checked against the name, not against the address.
            extensions={**request.extensions, "sni_hostname": host},
        )
        return super().handle_request(pinned)


def _checked(url: str) -> str:
    parts = httpx.URL(url)
    if parts.scheme not in {"http", "https"} or not parts.host:
        raise FetchError(
            f"取得できるアドレスではありません: {url}",
            "http:// か https:// で始まるアドレスを指定してください。",
        )
    if parts.userinfo:
        raise FetchError("IDやパスワードを含むアドレスは使えません。", _BY_HAND)
    return url


def _public_address(host: str, port: int | None, *, loopback: bool) -> str:
    """The address to connect to; all addresses of the name must be public."""
    addresses = _addresses(host, port)
    for address in addresses:
        parsed = ipaddress.ip_address(address)
        if not (_is_public(parsed) or (loopback and parsed.is_loopback)):
            raise FetchError(
                f"庁内やこのパソコンのアドレスからは取得しません: {host}",
                _BY_HAND,
            )
    return addresses[0]


def _addresses(host: str, port: int | None) -> list[str]:
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        pass  # a name, or one of the odd ways of writing an address that the resolver accepts
    try:
        found = socket.getaddrinfo(host, port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchError(
            f"アドレスの相手が見つかりません: {host}",
            f"アドレスと通信を確かめてください。{_BY_HAND}",
        ) from error
    return [str(row[4][0]).split("%")[0] for row in found]


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address is public, also one that wraps an IPv4 address."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return _is_public(inner)
        if address.teredo:
            return False
    return address.is_global and not address.is_multicast


def _pieces(response: httpx.Response, deadline: float) -> Iterator[bytes]:
    """The body piece by piece; the whole transfer has one deadline, not only each piece."""
    # No piece size: httpx would wait until a slow server has sent that much.
    for piece in response.iter_bytes():
        if time.monotonic() > deadline:
            raise _too_slow()
        yield piece


def _check_size(size: int, megabytes: int) -> None:
    if size > megabytes * 1_000_000:
        raise FetchError(
            f"大きすぎるため取得しません(上限{megabytes} MB)。",
            f"必要な部分だけを保存して加えてください。{_BY_HAND}",
        )


def _too_slow() -> FetchError:
    return FetchError(
        "取得に時間がかかりすぎたため、打ち切りました。", f"後でもう一度試してください。{_BY_HAND}"
    )


def _name(response: httpx.Response) -> str:
    header = Message()
    header["content-disposition"] = response.headers.get("content-disposition", "")
    return header.get_filename() or unquote(response.url.path.rpartition("/")[2])
