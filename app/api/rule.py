"""The law of a day: rules with their parameters, and the inventory of clauses."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.api import answers
from app.api.deps import Today, may, settings_of
from app.api.route import ContractRoute
from app.models.rule import ClauseRead, RuleRead
from app.services import rule
from app.services.scope import ScopedSession

router = APIRouter(route_class=ContractRoute, tags=["rules"])
Reference = Annotated[ScopedSession, may("reference:read")]
On = Annotated[date | None, Query(description="Day of the law; default today")]


@router.get("/rules", response_model=answers.list_shape(RuleRead))
def list_rules(
    db: Reference,  # noqa: ARG001 - the session proves the caller
    request: Request,
    today: Today,
    on: On = None,
) -> Response:
    """Every rule with clause, effect, whether it is in force on the day, and its sourced parameters."""
    return answers.whole(rule.list_(rule.law_of(settings_of(request).resolution_on), day=on or today))


@router.get("/rules/{rule_id}", response_model=RuleRead)
def get_rule(
    db: Reference,  # noqa: ARG001 - likewise
    request: Request,
    today: Today,
    rule_id: str,
    on: On = None,
) -> Response:
    """One rule as it is on the day."""
    return answers.plain(rule.get(rule.law_of(settings_of(request).resolution_on), rule_id, day=on or today))


@router.get("/clauses", response_model=answers.list_shape(ClauseRead))
def list_clauses(db: Reference) -> Response:  # noqa: ARG001 - likewise
    """The resolution's clauses in our own words, each with the rule, indicator or feature that binds it."""
    return answers.whole(rule.clauses())
