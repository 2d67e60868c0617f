"""What a rule says of something that wants to pass the gate: it stands in the way, it warns, or it lets know."""

from dataclasses import dataclass

from dukao.base.words import Words
from dukao.law.rules import Action, Rule


@dataclass(frozen=True, slots=True)
class RuleHit:
    """One rule that speaks: what is so, why it matters, what to do. `source` is the cited text.

    `place` is the field it speaks of (`questions.2`), `others` the numbers of what else it concerns.
    """

    rule: str
    action: Action
    what: Words
    why: Words
    todo: Words
    source: str
    place: str = ""
    others: tuple[str, ...] = ()

    @property
    def refuses(self) -> bool:
        return self.action == "refuse"


def hit(rule: Rule, what: Words, *, why: Words, todo: Words, place: str = "", others: tuple[str, ...] = (),
        action: Action | None = None) -> RuleHit:  # fmt: skip
    """The rule speaks; as its profile has it, unless this case is milder."""
    return RuleHit(rule.id, action or rule.action, what, why, todo, rule.source_text, place, others)
