"""The many-valued groups of form 2C that have one clock: work, salary, family, training, honours."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlmodel import Field, SQLModel

from app.models.base import FORBID, RecordRow, choice


class Relation(StrEnum):
    """Family relation, on either side (group 6 of form 2C)."""

    FATHER = "father"
    MOTHER = "mother"
    SPOUSE = "spouse"
    CHILD = "child"
    SIBLING = "sibling"
    FATHER_IN_LAW = "father_in_law"
    MOTHER_IN_LAW = "mother_in_law"
    SIBLING_IN_LAW = "sibling_in_law"


class TrainingKind(StrEnum):
    """What a course is for (III.3.4-d)."""

    POLITICAL_THEORY = "political_theory"
    STATE_MANAGEMENT = "state_management"
    PROFESSIONAL = "professional"
    KNOWLEDGE_UPDATE = "knowledge_update"
    DEFENCE_SECURITY = "defence_security"
    FOREIGN_LANGUAGE = "foreign_language"
    IT = "it"
    RESERVE_SOURCE = "reserve_source"


class DisciplineForm(StrEnum):
    """Forms of Party and state discipline, old ones kept for history (domain §3)."""

    REPRIMAND = "reprimand"
    WARNING = "warning"
    PAY_CUT = "pay_cut"
    DEMOTION = "demotion"
    REMOVAL = "removal"
    EXPULSION = "expulsion"
    FORCED_RESIGNATION = "forced_resignation"


class DisciplineSide(StrEnum):
    """Party or state."""

    PARTY = "party"
    STATE = "state"


class CareerBase(SQLModel):
    """Work outside this record's assignments (before recruitment, elsewhere)."""

    valid_from: date
    valid_to: date | None = None
    description: str = Field(min_length=1, max_length=400)
    place: str | None = Field(default=None, max_length=200)


class Career(RecordRow, CareerBase, table=True):
    """Quá trình công tác that no assignment holds."""


class SalaryBase(SQLModel):
    """Ngạch, bậc, hệ số from a day on; coefficients in hundredths."""

    valid_from: date
    grade_code: str = Field(max_length=12)
    step: int = Field(ge=1, le=12)
    coefficient_hundredths: int = Field(ge=100, le=1300)
    allowance_hundredths: int = Field(default=0, ge=0, le=300)
    decision_number: str | None = Field(default=None, max_length=120)


class Salary(RecordRow, SalaryBase, table=True):
    """Diễn biến lương."""


class KinshipBase(SQLModel):
    """A relative; linked where the relative is in this record too."""

    relation: Relation = Field(sa_type=choice(Relation, "relation"))
    full_name: str = Field(min_length=2, max_length=120)
    birth_year: int | None = Field(default=None, ge=1880, le=2100)
    occupation: str | None = Field(default=None, max_length=200)
    address: str | None = Field(default=None, max_length=200)
    relative_id: UUID | None = Field(default=None, foreign_key="cadre.id")


class Kinship(RecordRow, KinshipBase, table=True):
    """Quan hệ gia đình (T2)."""


class TrainingBase(SQLModel):
    """A course taken."""

    kind: TrainingKind = Field(sa_type=choice(TrainingKind, "kind"))
    name: str = Field(min_length=1, max_length=200)
    institution: str | None = Field(default=None, max_length=200)
    started_on: date
    completed_on: date | None = None
    hours: int | None = Field(default=None, ge=1, le=5000)
    certificate: str | None = Field(default=None, max_length=60)


class Training(RecordRow, TrainingBase, table=True):
    """Đào tạo, bồi dưỡng."""


class RewardBase(SQLModel):
    """An honour or reward."""

    awarded_on: date
    name: str = Field(min_length=1, max_length=200)
    issuer: str = Field(max_length=200)
    decision_number: str | None = Field(default=None, max_length=120)


class Reward(RecordRow, RewardBase, table=True):
    """Khen thưởng, danh hiệu được phong."""


class DisciplineBase(SQLModel):
    """A sanction or a review under way, dated; rules read the longest bar that applies."""

    side: DisciplineSide = Field(sa_type=choice(DisciplineSide, "side"))
    form: DisciplineForm | None = Field(default=None, sa_type=choice(DisciplineForm, "form"))
    opened_on: date
    decided_on: date | None = None
    ended_on: date | None = None
    decision_number: str | None = Field(default=None, max_length=120)
    issuer: str | None = Field(default=None, max_length=200)
    reason: str | None = Field(default=None, max_length=400)


class Discipline(RecordRow, DisciplineBase, table=True):
    """Kỷ luật (T2; T3 while open)."""


class TravelBase(SQLModel):
    """A journey abroad."""

    left_on: date
    returned_on: date | None = None
    country: str = Field(max_length=80)
    purpose: str = Field(max_length=200)


class Travel(RecordRow, TravelBase, table=True):
    """Đi nước ngoài."""


class RelativeAbroadBase(SQLModel):
    """A relative who lives abroad."""

    relation: Relation = Field(sa_type=choice(Relation, "relation"))
    full_name: str = Field(min_length=2, max_length=120)
    country: str = Field(max_length=80)
    since_year: int | None = Field(default=None, ge=1900, le=2100)


class RelativeAbroad(RecordRow, RelativeAbroadBase, table=True):
    """Thân nhân ở nước ngoài (T2)."""

    __tablename__ = "relative_abroad"


class OwnPastBase(SQLModel):
    """What form 2C asks about one's own past."""

    valid_from: date | None = None
    valid_to: date | None = None
    description: str = Field(min_length=1, max_length=400)


class OwnPast(RecordRow, OwnPastBase, table=True):
    """Lịch sử bản thân (T2)."""

    __tablename__ = "own_past"


class DeclarationBase(SQLModel):
    """Where an asset declaration lies; never its content."""

    year: int = Field(ge=2010, le=2100)
    reference: str = Field(min_length=1, max_length=120)
    declared_on: date


class Declaration(RecordRow, DeclarationBase, table=True):
    """Kê khai tài sản, thu nhập: reference only (T2)."""


class ConfidenceVoteBase(SQLModel):
    """A vote of confidence: how many held high, middling, low confidence."""

    held_on: date
    body: str = Field(max_length=200)
    high: int = Field(ge=0, le=100_000)
    middling: int = Field(ge=0, le=100_000)
    low: int = Field(ge=0, le=100_000)


class ConfidenceVote(RecordRow, ConfidenceVoteBase, table=True):
    """Lấy phiếu tín nhiệm (T3)."""

    __tablename__ = "confidence_vote"


class PoliticalConclusionBase(SQLModel):
    """A reference to a political-standard conclusion; never its content (domain §10.9)."""

    number: str = Field(min_length=1, max_length=120)
    concluded_on: date
    issuer: str = Field(max_length=200)
    purpose: str = Field(max_length=200)


class PoliticalConclusion(RecordRow, PoliticalConclusionBase, table=True):
    """Kết luận tiêu chuẩn chính trị: reference only (T3)."""

    __tablename__ = "political_conclusion"


class VoidRow(SQLModel):
    """Takes a row out of the record, with the reason; the row and its history stay."""

    model_config = FORBID

    reason: str = Field(min_length=3, max_length=500)


class CareerCreate(CareerBase):
    """A new row: Quá trình công tác that no assignment holds."""

    model_config = FORBID


class CareerRead(CareerBase):
    """A row as read: Quá trình công tác that no assignment holds."""

    id: UUID
    recorded_at: str


class SalaryCreate(SalaryBase):
    """A new row: Diễn biến lương."""

    model_config = FORBID


class SalaryRead(SalaryBase):
    """A row as read: Diễn biến lương."""

    id: UUID
    recorded_at: str


class KinshipCreate(KinshipBase):
    """A new row: Quan hệ gia đình."""

    model_config = FORBID


class KinshipRead(KinshipBase):
    """A row as read: Quan hệ gia đình."""

    id: UUID
    recorded_at: str


class TrainingCreate(TrainingBase):
    """A new row: Đào tạo, bồi dưỡng."""

    model_config = FORBID


class TrainingRead(TrainingBase):
    """A row as read: Đào tạo, bồi dưỡng."""

    id: UUID
    recorded_at: str


class RewardCreate(RewardBase):
    """A new row: Khen thưởng, danh hiệu được phong."""

    model_config = FORBID


class RewardRead(RewardBase):
    """A row as read: Khen thưởng, danh hiệu được phong."""

    id: UUID
    recorded_at: str


class DisciplineCreate(DisciplineBase):
    """A new row: Kỷ luật."""

    model_config = FORBID


class DisciplineRead(DisciplineBase):
    """A row as read: Kỷ luật."""

    id: UUID
    recorded_at: str


class TravelCreate(TravelBase):
    """A new row: Đi nước ngoài."""

    model_config = FORBID


class TravelRead(TravelBase):
    """A row as read: Đi nước ngoài."""

    id: UUID
    recorded_at: str


class RelativeAbroadCreate(RelativeAbroadBase):
    """A new row: Thân nhân ở nước ngoài."""

    model_config = FORBID


class RelativeAbroadRead(RelativeAbroadBase):
    """A row as read: Thân nhân ở nước ngoài."""

    id: UUID
    recorded_at: str


class OwnPastCreate(OwnPastBase):
    """A new row: Lịch sử bản thân."""

    model_config = FORBID


class OwnPastRead(OwnPastBase):
    """A row as read: Lịch sử bản thân."""

    id: UUID
    recorded_at: str


class DeclarationCreate(DeclarationBase):
    """A new row: Kê khai tài sản, thu nhập."""

    model_config = FORBID


class DeclarationRead(DeclarationBase):
    """A row as read: Kê khai tài sản, thu nhập."""

    id: UUID
    recorded_at: str


class ConfidenceVoteCreate(ConfidenceVoteBase):
    """A new row: Lấy phiếu tín nhiệm."""

    model_config = FORBID


class ConfidenceVoteRead(ConfidenceVoteBase):
    """A row as read: Lấy phiếu tín nhiệm."""

    id: UUID
    recorded_at: str


class PoliticalConclusionCreate(PoliticalConclusionBase):
    """A new row: Kết luận tiêu chuẩn chính trị."""

    model_config = FORBID


class PoliticalConclusionRead(PoliticalConclusionBase):
    """A row as read: Kết luận tiêu chuẩn chính trị."""

    id: UUID
    recorded_at: str
