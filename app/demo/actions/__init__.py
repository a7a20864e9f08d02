"""Personnel actions, post changes and rotations of the demo, played by the services on their own days."""

from app.demo.actions.casting import Casting
from app.demo.actions.dossier import Dossier
from app.demo.actions.moves import Moves
from app.demo.actions.numbers import Numbers
from app.demo.actions.stage import Stage
from app.demo.actions.stories import GAP, LAST, stories
from app.demo.plans.days import working
from app.services.law.parameter import Law
from app.services.scope import ScopedSession

__all__ = ["play"]


def play(session: ScopedSession, law: Law) -> int:
    """Plays all stories inside the transaction of `session`, the seeding one; gives how many there are.

    Every step is a service's own: a story that the law or the table of its dossier forbids raises what any
    caller would be told.
    """
    stage, cast, numbers = Stage(session, law), Casting(session), Numbers(session)
    told = list(stories(cast))
    for story in told:
        dossier = Dossier(stage, story.office, numbers, story.effective_on, people=list(story.people))
        days = [working(LAST - GAP * back) for back in range(len(story.deeds), -1, -1)]
        dossier.open(days[0], **story.opening)
        for deed, day in zip(story.deeds, days[1:], strict=True):
            dossier.do(deed, day)
    Moves(stage, cast, numbers).play()
    return len(told)
