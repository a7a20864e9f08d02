"""The API as one request of one user sees it."""

import hashlib
from collections.abc import AsyncIterator, Mapping

import httpx

from app.ui.carried import Download, Params, Relay, SignedIn, Upload
from app.ui.client.answer import Answer, Json, Problem
from app.ui.client.connection import ApiClient

API = "/api/v1"
UNAUTHORIZED = 401


class Api:
    """The API as one request of one user sees it."""

    def __init__(
        self,
        client: ApiClient,
        *,
        secret: str | None,
        request_id: str,
        caller: tuple[str, int] | None,
        agent: str = "",
    ) -> None:
        self._client = client
        self._secret = secret
        self._headers = {"X-Request-Id": request_id} | ({"User-Agent": agent} if agent else {})
        self._caller = caller

    async def sign_in(self, username: str, password: str) -> SignedIn:
        """Open a session. Problem 401 for wrong names or passwords, 429 when tried too often."""
        answer = await self._client.send(
            "POST",
            "/sessions",
            headers=self._headers,
            json={"username": username, "password": password},
            caller=self._caller,
        )
        if answer.is_error:
            raise Problem.of(answer)
        body = answer.json()
        signed = SignedIn(body["session_secret"], body["access_token"], int(body["expires_in"]))
        self._client.remember(signed.secret, signed.token, signed.expires_in)
        return signed

    async def sign_out(self) -> None:
        """End the session at the API; one that is gone already is as good."""
        if self._secret is None:
            return
        try:
            await self.delete("/sessions/current")
        except Problem as problem:
            if problem.status != UNAUTHORIZED:
                raise
        finally:
            self._client.forget(self._secret)

    async def get(self, path: str, params: Params | None = None) -> Json:
        """The body of a read."""
        return (await self.read(path, params)).body

    async def read(self, path: str, params: Params | None = None) -> Answer:
        """A read with its ETag."""
        return await self._call("GET", path, params=params)

    async def post(
        self, path: str, body: Json = None, *, key: str | None = None, etag: str | None = None
    ) -> Answer:
        """Create or act; `key` makes a repeated form harmless, `etag` is the version acted on."""
        return await self._call("POST", path, json=body, key=key, etag=etag)

    async def upload(self, path: str, data: Mapping[str, str], upload: Upload, *, key: str) -> Answer:
        """Hand a file on as multipart; the same file under the same key is one upload, however often sent."""
        told = hashlib.sha256(upload.content)
        told.update(repr((key, upload.name, sorted(data.items()))).encode())
        once = told.hexdigest()
        answer = await self._ask("POST", path, data=data, upload=upload, key=once)
        return Answer(answer.json(), answer.headers.get("etag"), answer.headers.get("location"))

    async def download(self, path: str, params: Params | None = None) -> Download:
        """A file, whole."""
        answer = await self._ask("GET", path, params=params)
        kind = answer.headers.get("content-type", "application/octet-stream")
        return Download(answer.content, kind, answer.headers.get("content-disposition", "attachment"))

    async def relay(self, path: str) -> Relay:
        """A file as it comes, so that none is held here whole."""
        answer = await self._ask("GET", path, stream=True)
        kind = answer.headers.get("content-type", "application/octet-stream")
        return Relay(_pieces(answer), kind, answer.headers.get("content-disposition", "attachment"))

    async def patch(self, path: str, body: Json, *, etag: str, key: str | None = None) -> Answer:
        """Change what was read at version `etag`. Problem 412 when somebody was quicker."""
        return await self._call("PATCH", path, json=body, etag=etag, key=key)

    async def delete(self, path: str, *, params: Params | None = None, etag: str | None = None) -> Answer:
        """End a resource; `params` say why where it asks for a reason."""
        return await self._call("DELETE", path, params=params, etag=etag)

    async def _call(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        json: Json = None,
        key: str | None = None,
        etag: str | None = None,
    ) -> Answer:
        answer = await self._ask(method, path, params=params, json=json, key=key, etag=etag)
        body = answer.json() if answer.content else None
        return Answer(body, answer.headers.get("etag"), answer.headers.get("location"))

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        json: Json = None,
        data: Mapping[str, str] | None = None,
        upload: Upload | None = None,
        key: str | None = None,
        etag: str | None = None,
        stream: bool = False,
    ) -> httpx.Response:
        if self._secret is None:
            raise Problem(UNAUTHORIZED)
        headers = dict(self._headers)
        if upload is not None and key:
            # The boundary comes from the key: a repeated upload is the same to the last byte.
            headers["Content-Type"] = f"multipart/form-data; boundary={key}"
        if key:
            headers["Idempotency-Key"] = key
        if etag:
            headers["If-Match"] = etag
        for last in (False, True):
            token = await self._client.token(self._secret, self._headers)
            headers["Authorization"] = f"Bearer {token}"
            answer = await self._client.send(
                method,
                path,
                headers=headers,
                params=params,
                json=json,
                data=data,
                upload=upload,
                caller=self._caller,
                stream=stream,
            )
            if answer.is_error:
                await answer.aread()
            if answer.status_code == UNAUTHORIZED and not last:
                self._client.forget(self._secret)
                continue
            break
        if answer.is_error:
            raise Problem.of(answer)
        return answer


async def _pieces(answer: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for piece in answer.aiter_bytes():
            yield piece
    finally:
        await answer.aclose()
