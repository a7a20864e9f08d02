"""Which record a request names, for its audit event."""

from fastapi import Request

_RECORDS = {
    "cadre_id": "cadre",
    "unit_id": "unit",
    "title_id": "title",
    "post_id": "post",
    "committee_id": "committee",
    "session_id": "session",
    "assignment_id": "assignment",
    "change_id": "unit_change",
    "membership_id": "membership",
    "token_id": "access_token",
    "plan_id": "plan",
    "appointment_id": "appointment",
    "post_change_id": "post_change",
    "rotation_id": "rotation",
    "rotation_plan_id": "rotation_plan",
    "waiver_id": "waiver",
    "import_id": "import",
    "job_id": "job",
    "file_id": "file",
}
LONGEST_ACTION = 60

_DOSSIERS = frozenset(
    {
        "plan_id",
        "appointment_id",
        "post_change_id",
        "rotation_id",
        "rotation_plan_id",
        "file_id",
        "waiver_id",
    }
)
_ABOUT_DOSSIERS = ("/waivers",)
"""Ends of paths without an id where something about a dossier is written."""


def root(request: Request) -> tuple[str, str] | None:
    """Kind and id of the record named by the path, else of the unit asked for; nothing is looked up."""
    told: tuple[str, str] | None = getattr(request.state, "about", None)
    if told is not None:
        return told
    for name, kind in _RECORDS.items():
        if name in request.path_params:
            return kind, _written(request.path_params[name])
    # Figures and people of a unit: the unit out of scope stands in the query.
    asked = request.query_params.get("unit_id")
    return ("unit", _written(asked)) if asked else None


def about(request: Request, kind: str, key: object) -> None:
    """Says which dossier a request is about whose address names none: a form that brings a file."""
    request.state.about = (kind, str(key))


def _written(key: object) -> str:
    """An id as it was sent, as the log can keep it: it may be anything."""
    return str(key).replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()[:64]


def in_dossier(request: Request) -> bool:
    """True on the paths of a dossier, its files, what lifts its rules: what is refused there is audited."""
    return (
        hasattr(request.state, "about")
        or not _DOSSIERS.isdisjoint(request.path_params)
        or request.url.path.endswith(_ABOUT_DOSSIERS)
    )


def action(request: Request) -> str:
    """What was asked for, by method and route."""
    route = request.scope.get("route")
    return f"{request.method} {getattr(route, 'path', request.url.path)}"[:LONGEST_ACTION]
