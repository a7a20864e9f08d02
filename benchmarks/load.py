"""A load of N keep-alive connections from a process of its own: requests a second, latencies, errors."""

import asyncio
import json
import sys
import time


class Caller(asyncio.Protocol):
    """One connection that asks again as soon as it is answered."""

    def __init__(self, request: bytes, until: float) -> None:
        self.request = request
        self.until = until
        self.times: list[float] = []
        self.errors = 0
        self.buffer = b""
        self.asked = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asks for the first time."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.ask()

    def ask(self) -> None:
        """Sends the request, or ends."""
        assert self.transport is not None
        self.asked = time.perf_counter()
        if self.asked >= self.until:
            self.transport.close()
            return
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        """Reads one answer with Content-Length."""
        self.buffer += data
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return
        lowered = head.lower()
        start = lowered.index(b"content-length: ") + 16
        end = lowered.find(b"\r\n", start)
        length = int(lowered[start : end if end >= 0 else None])
        if len(body) < length:
            return
        self.buffer = body[length:]
        if head.split(b" ", 2)[1] != b"200":
            self.errors += 1
        self.times.append(time.perf_counter() - self.asked)
        self.ask()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection ended: by itself, or by a fault."""
        if exc is not None:
            self.errors += 1
        if not self.done.done():
            self.done.set_result(None)


async def run(port: int, path: str, token: str, seconds: float, callers: int) -> dict[str, float]:
    """One window of load on one path."""
    request = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Bearer {token}\r\nAccept: application/json\r\n\r\n"
    ).encode()
    loop = asyncio.get_running_loop()
    start = time.perf_counter()
    made = [
        (await loop.create_connection(lambda: Caller(request, start + seconds), "127.0.0.1", port))[1]
        for _ in range(callers)
    ]
    await asyncio.gather(*(caller.done for caller in made))
    spent = time.perf_counter() - start
    times = sorted(value for caller in made for value in caller.times)
    return {
        "rps": len(times) / spent,
        "p50_ms": times[len(times) // 2] * 1000 if times else 0.0,
        "p99_ms": times[int(len(times) * 0.99)] * 1000 if times else 0.0,
        "errors": sum(caller.errors for caller in made),
    }


if __name__ == "__main__":
    _port, _path, _token, _seconds, _callers = sys.argv[1:6]
    print(json.dumps(asyncio.run(run(int(_port), _path, _token, float(_seconds), int(_callers)))))
