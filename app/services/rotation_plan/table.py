"""The transition table of rotation plans (domain §7)."""

from app.models.dossier import DossierType
from app.models.rotation import RotationPlanState
from app.services.workflow import DECISION, NOTE, Action, Table

S = RotationPlanState
EDITABLE = frozenset({S.DRAFT, S.RETURNED})
"""States in which items come and go."""

TABLE = Table(
    type=DossierType.ROTATION_PLAN,
    states={
        S.DRAFT.value: "Đang soạn",
        S.SUBMITTED.value: "Đã trình",
        S.RETURNED.value: "Trả lại",
        S.APPROVED.value: "Đã phê duyệt",
    },
    actions=(
        Action(
            "submit",
            "Trình phê duyệt",
            frozenset({S.DRAFT.value, S.RETURNED.value}),
            S.SUBMITTED.value,
            "rotation:submit",
            makes=True,
            keeps=True,
        ),
        Action(
            "return",
            "Trả lại",
            frozenset({S.SUBMITTED.value}),
            S.RETURNED.value,
            "rotation:approve",
            at_authority=True,
            apart_from_makers=True,
            needs=frozenset({NOTE}),
        ),
        Action(
            "approve",
            "Phê duyệt",
            frozenset({S.SUBMITTED.value}),
            S.APPROVED.value,
            "rotation:approve",
            at_authority=True,
            apart_from_makers=True,
            keeps=True,
            needs=frozenset({DECISION}),
        ),
        Action(
            "amend",
            "Bổ sung kế hoạch",
            frozenset({S.APPROVED.value}),
            S.DRAFT.value,
            "rotation:submit",
            makes=True,
            needs=frozenset({NOTE}),
        ),
    ),
)
