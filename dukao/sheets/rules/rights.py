"""Who may see, fill in and review filings, beyond the plain right over a subtree."""

from dukao.org.rules import Actor


def may_review(actor: Actor, *, unit_path: str, issuer: str) -> bool:
    """Whether the actor may return or accept the filing of the unit at `unit_path`.

    A reviewer stands above the unit, never at it; a department reviews only what it asked for itself.
    """
    return actor.is_system or any(
        unit_path.startswith(s.unit_path) and unit_path != s.unit_path and s.department_code in ("", issuer)
        for s in actor.standings_with("FILINGS_REVIEW")
    )


def may_see_filing(actor: Actor, *, unit_path: str, issuer: str, issuer_path: str) -> bool:
    """Whether the filing is there for the actor: who fills in, reviews, asked for it, or supervises."""
    return (
        actor.may("FILINGS_FILL", unit_path)
        or may_review(actor, unit_path=unit_path, issuer=issuer)
        or actor.may("DEMANDS_SEE_ALL", unit_path)
        or may_see_dispatch(actor, scope_path=unit_path, issuer=issuer, issuer_path=issuer_path)
    )


def may_see_dispatch(actor: Actor, *, scope_path: str, issuer: str, issuer_path: str) -> bool:
    """Whether the whole dispatch is there for the actor: the department that asked, or who supervises its scope."""
    return actor.may("SHEETS_DESIGN", issuer_path, department=issuer) or actor.may("DEMANDS_SEE_ALL", scope_path)
