"""Many requests at the same moment, each on a connection of its own, from one thread."""

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

Answer = tuple[int, bytes]  # status and body


def ask_all_at_once(url: str, key: str, path: str, body: Any, count: int) -> list[Answer]:
    """The same request `count` times; none is sent before all are connected."""
    place, content = urlsplit(url), json.dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {place.netloc}\r\nAuthorization: Bearer {key}\r\nConnection: close\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    ).encode()
    return asyncio.run(_all(str(place.hostname), int(place.port or 80), head + content, count))


async def _all(host: str, port: int, request: bytes, count: int) -> list[Answer]:
    few = asyncio.Semaphore(100)  # connections that are opened at once: more would overflow the listener's backlog
    connected = asyncio.Barrier(count)

    async def one() -> Answer:
        async with few:
            reader, writer = await asyncio.open_connection(host, port)
        await connected.wait()
        writer.write(request)
        answer = await reader.read()
        writer.close()
        head, _, body = answer.partition(b"\r\n\r\n")
        is_chunked = b"transfer-encoding: chunked" in head.lower()
        return int(head.split(b" ", 2)[1]), _unchunked(body) if is_chunked else body

    return await asyncio.gather(*(one() for _ in range(count)))


def _unchunked(body: bytes) -> bytes:
    whole = b""
    while body:
        size, _, rest = body.partition(b"\r\n")
        length = int(size, 16)
        whole, body = whole + rest[:length], rest[length + 2 :]
        if length == 0:
            break
    return whole
