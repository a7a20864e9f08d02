"""The transition table of a plan: states, actions, who may take them (domain §7, III.3.3)."""

from app.models.dossier import DossierType
from app.models.plan import PlanState
from app.services.workflow import DECISION, NOTE, Action, Table

EDITABLE = frozenset({PlanState.DRAFT, PlanState.RETURNED, PlanState.IN_REVIEW})
"""States in which entries come and go."""

FROZEN = frozenset({PlanState.APPROVED, PlanState.PUBLISHED, PlanState.CLOSED})
"""States in which a plan answers what it was approved on."""

TABLE = Table(
    type=DossierType.PLAN,
    states={
        PlanState.DRAFT.value: "Đang soạn",
        PlanState.SUBMITTED.value: "Đã trình",
        PlanState.RETURNED.value: "Trả lại",
        PlanState.APPROVED.value: "Đã phê duyệt",
        PlanState.PUBLISHED.value: "Đã công khai",
        PlanState.IN_REVIEW.value: "Đang rà soát",
        PlanState.CLOSED.value: "Đã kết thúc",
    },
    actions=(
        Action(
            "submit",
            "Trình phê duyệt",
            frozenset({"draft", "returned", "in_review"}),
            "submitted",
            "plan:submit",
            makes=True,
            judged=True,
            keeps=True,
        ),
        Action(
            "return",
            "Trả lại",
            frozenset({"submitted"}),
            "returned",
            "plan:approve",
            at_authority=True,
            apart_from_makers=True,
            needs=frozenset({NOTE}),
        ),
        Action(
            "approve",
            "Phê duyệt",
            frozenset({"submitted"}),
            "approved",
            "plan:approve",
            at_authority=True,
            apart_from_makers=True,
            judged=True,
            keeps=True,
            needs=frozenset({DECISION}),
        ),
        Action("publish", "Công khai", frozenset({"approved"}), "published", "plan:submit"),
        Action(
            "review", "Rà soát hằng năm", frozenset({"approved", "published"}), "in_review", "plan:submit"
        ),
        Action(
            "close",
            "Kết thúc",
            frozenset({"approved", "published"}),
            "closed",
            "plan:submit",
            needs=frozenset({NOTE}),
        ),
    ),
)
