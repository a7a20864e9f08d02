"""The application as the tests start it: what doesn't depend on settings or database is built once.

Building a route costs 3 ms, all of them half a second, and each new application builds its own at the first
request. They hold nothing of the application they were built for but its `dependency_overrides`, which no
test uses; so every application of a process after the first takes over the first one's.
"""

from fastapi import FastAPI
from starlette.routing import BaseRoute, Mount, Route

from app.main import create_app
from app.settings import Settings

_BUILT: dict[tuple[str, int], BaseRoute] = {}


def build(settings: Settings) -> FastAPI:
    """The whole application over `settings`, not started yet."""
    app = create_app(settings)
    _share("api", app)
    for route in app.router.routes:
        if isinstance(route, Mount) and isinstance(route.app, FastAPI):
            _share(route.path, route.app)
    return app


def _share(name: str, app: FastAPI) -> None:
    """Puts the included routers built first in place of those of `app`; plain routes stay its own."""
    routes = app.router.routes
    routes[:] = [
        route if isinstance(route, Route | Mount) else _BUILT.setdefault((name, at), route)
        for at, route in enumerate(routes)
    ]
