"""Who is calling: sign-in, sessions, accounts, and the grants that hold today."""

from app.services.access.account import create_user, disable, enable, set_password
from app.services.access.entry import sign_in
from app.services.access.grant import confirm_grant, end_grant, give_grant, propose_grant
from app.services.access.identity import load_actor
from app.services.access.inspection import load_bearer, looks_like_one
from app.services.access.session import end_session, exchange, list_sessions
from app.services.access.standing import load_principal

__all__ = [
    "confirm_grant",
    "create_user",
    "disable",
    "enable",
    "end_grant",
    "end_session",
    "exchange",
    "give_grant",
    "list_sessions",
    "load_actor",
    "load_bearer",
    "load_principal",
    "looks_like_one",
    "propose_grant",
    "set_password",
    "sign_in",
]
