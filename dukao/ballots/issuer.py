"""The issuer's door: `dukao issuer`, or `granian --interface rsgi --factory dukao.ballots.issuer:application`."""

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

from dukao.ballots import client, places
from dukao.ballots.issuing import Ask, Issuing
from dukao.ballots.manifest import CODE
from dukao.ballots.patience import Patience
from dukao.ballots.service import Asked, Service
from dukao.ballots.turns import Turns
from dukao.ballots.wire import Unreadable, from_base64, text_of, to_base64

_MOST_SUBJECTS = 20_000


def application() -> Service:
    """The issuer as it is served."""
    return service(
        Issuing(places.home("issuer")), secret=places.secret(), origins=places.origins(), proxies=places.proxies()
    )


def service(issuing: Issuing, *, secret: str, origins: Sequence[str] = (), proxies: int = 0) -> Service:
    turns, patience = Turns(issuing.sign_all), Patience()

    async def sign(asked: Asked) -> dict[str, Any]:
        ask = _ask(asked.body)
        with patience.one_try(*_person(asked.body), asked.address) if "code" not in asked.body else nullcontext():
            return {"signature": to_base64(await turns.take(ask))}

    async def key(_asked: Asked) -> dict[str, Any]:
        return {"key": issuing.signer.key}

    async def totals(asked: Asked) -> dict[str, Any]:
        return await turns.run(lambda: issuing.public_totals(asked.query.get("round", "")))

    async def health(_asked: Asked) -> dict[str, Any]:
        await turns.run(lambda: None)
        return {"party": "issuer"}

    async def make_papers(asked: Asked) -> dict[str, Any]:
        code, subjects = _code(asked.body.get("round")), asked.body.get("subjects")
        if not isinstance(subjects, list) or not 0 < len(subjects) <= _MOST_SUBJECTS:
            raise Unreadable("subjects: a list of codes")
        names = [_code(subject) for subject in subjects]
        return {"keys": await turns.run(lambda: issuing.make_papers(code, names))}

    async def add(asked: Asked) -> dict[str, Any]:
        paper, digests = text_of(asked.body.get("paper"), most=130), asked.body.get("digests")
        if not isinstance(digests, list):
            raise Unreadable("digests: a list")
        raw = [from_base64(digest, size=32) for digest in digests]
        told: dict[str, Any] = {"new": await turns.run(lambda: issuing.add(paper, raw))}
        return told | ({"serials": issuing.serials(paper, raw)} if asked.body.get("serials") is True else {})

    async def withdraw(asked: Asked) -> dict[str, Any]:
        code, serial = _code(asked.body.get("round")), text_of(asked.body.get("serial"), most=64, least=0)
        another = from_base64(asked.body["another"], size=32) if "another" in asked.body else None
        paper, new = await turns.run(lambda: issuing.withdraw(code, serial, another))
        return {"paper": paper, "serial": new}

    async def all_totals(asked: Asked) -> dict[str, Any]:
        code = _code(asked.body.get("round"))
        return await turns.run(lambda: issuing.totals(code))

    async def close(asked: Asked) -> dict[str, Any]:
        code = _code(asked.body.get("round"))
        return await turns.run(lambda: issuing.close(code))

    routes = {
        ("POST", "/sign"): sign, ("GET", "/key"): key, ("GET", "/totals"): totals, ("GET", "/health"): health,
        ("POST", "/admin/papers"): make_papers, ("POST", "/admin/entitlements"): add,
        ("POST", "/admin/withdraw"): withdraw, ("POST", "/admin/totals"): all_totals, ("POST", "/admin/close"): close,
    }  # fmt: skip
    return Service(routes, secret=secret, origins=origins, threads=[turns], proxies=proxies)


def _ask(body: dict[str, Any]) -> Ask:
    """What a browser sends: a code, or the name and number of somebody on the list."""
    if "code" in body:
        digest = client.digest_of_code(text_of(body["code"], most=64))
    else:
        digest = client.digest_of_person(*_person(body))
    return Ask(text_of(body.get("paper"), most=130), digest, from_base64(body.get("blinded"), size=256))


def _person(body: dict[str, Any]) -> tuple[str, str]:
    """Name and number, in their one spelling."""
    person = body.get("person")
    if not isinstance(person, dict):
        raise Unreadable("a code, or a person with name and number, is wanted")
    return client.plain_person(text_of(person.get("name"), most=64), text_of(person.get("number"), most=32))


def _code(value: Any) -> str:
    if not isinstance(value, str) or not CODE.fullmatch(value):
        raise Unreadable("a code of letters, digits, dots and dashes is wanted")
    return value
