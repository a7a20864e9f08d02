"""The one place that knows everything: engine, keys, API and front end, put together from the settings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.routing import Match, Mount
from starlette.types import Scope

from app.api import create_api
from app.api.deps import business_day
from app.services.database import build_engine
from app.services.jobs import Runner
from app.services.recorder import Recorder
from app.services.scope import guard_engine
from app.services.tokens import Keyring
from app.settings import Settings
from app.ui import create_ui


class Beside(Mount):
    """The front end takes what the API has no address for; a wrong method there stays a 405."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Never better than second: of partial matches the router takes the first, and those last."""
        match, child = super().matches(scope)
        return (Match.PARTIAL if match is Match.FULL else match), child


def create_app(settings: Settings) -> FastAPI:
    """The whole house as one ASGI app: the API, and the front end mounted beside it."""
    engine = build_engine(settings)
    guard_engine(engine)
    recorder = Recorder(engine)
    api = create_api(
        {
            "engine": engine,
            "settings": settings,
            "keyring": Keyring(settings),
            "recorder": recorder,
            "cursor_key": settings.cursor_key(),
        }
    )
    ui = create_ui(settings, api)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:  # noqa: ARG001 - FastAPI's signature
        # Connections of its own: a long job never takes one from a request.
        apart = build_engine(settings)
        guard_engine(apart)
        runner = Runner(apart, lambda: business_day(settings))
        runner.start()
        try:
            async with ui.router.lifespan_context(ui):
                yield
        finally:
            runner.stop()
            apart.dispose()
            recorder.close()
            engine.dispose()

    api.router.lifespan_context = lifespan
    api.router.routes.append(Beside("/", ui, name="ui"))
    return api
