"""How points come about: a few named rules, exact until they are shown. Runs with Python alone, and nothing else.

A document (a plain mapping, as it stands in the file that the scored unit downloads) holds the card, the inputs and the
result. `computed` makes the result of the other two:

1. A line measures: its value itself, or how far the value has moved from the unit's own last year or own baseline.
2. A rule turns the measure into a share from 0 to 1.
3. Lines without evidence are absent: their weight goes to the others in proportion, never to nought.
4. Points = weight × share. The total is rounded once, half to even, to hundredths; the lines are cut to hundredths, and
   what is missing to the total goes to those that lost most (largest remainder), so that what is shown adds up; weights
   too. A line that has all its points comes last among them, and first among weights: nobody gets 58.83 of 58.82.

Numbers stand in a document as text, exact: `12.5` or `25/2`.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

FORMAT = "dukao-score/2"
FORMER = "dukao-score/1"  # rounded up what has all its points like any other
_WHOLE = Fraction(100)
_DECIMALS = 2


def linear(measure: Fraction, line: Mapping[str, Any], reference: Fraction | None) -> Fraction:
    """Nothing at the floor, everything at the target, in proportion between them; either may be the higher."""
    floor, full = Fraction(line["floor"]), Fraction(line["full"])
    return _bounded((measure - floor) / (full - floor))


def threshold(measure: Fraction, line: Mapping[str, Any], reference: Fraction | None) -> Fraction:
    """Everything where the target is reached, else nothing."""
    full = Fraction(line["full"])
    return Fraction(measure <= full if line["direction"] == "down" else measure >= full)


def distance(measure: Fraction, line: Mapping[str, Any], reference: Fraction | None) -> Fraction:
    """As much of the own last year (or baseline) as was reached again; where less is better, the other way round."""
    assert reference is not None, "a line without its reference is absent"
    if line["direction"] == "down":
        return Fraction(1) if measure <= reference else _bounded(reference / measure)
    return _bounded(measure / reference)


def share(measure: Fraction, line: Mapping[str, Any], reference: Fraction | None) -> Fraction:
    """A percentage counts as the share it is: 83.8 % satisfied is 83.8 % of the points."""
    return _bounded(measure / 100)


Rule = Callable[[Fraction, Mapping[str, Any], Fraction | None], Fraction]
RULES: dict[str, Rule] = {"linear": linear, "threshold": threshold, "distance": distance, "share": share}
# What a line may measure. `distance` looks at the value and its reference by itself.
MEASURES = ("value", "last_year", "baseline")
# Why a line is absent.
ABSENT = ("no_data", "thin", "too_few", "not_yet", "not_applicable", "no_reference", "withdrawn")


def computed(document: Mapping[str, Any], *, in_words: bool = True) -> dict[str, Any]:
    """The result of the document's card and inputs: each line's points, the total, and between what it may lie.

    `in_words`: also how each line was found (`how`), which takes as long as the rest.
    """
    inputs = {one["line"]: one for one in document["inputs"]}
    judged = [_judged(line, inputs.get(line["code"]), in_words) for line in document["card"]["lines"]]
    present = [one for one in judged if not one["absent"]]
    whole = sum((Fraction(one["given"]) for one in present), Fraction(0))
    weights = [Fraction(one["given"]) * _WHOLE / whole if not one["absent"] else Fraction(0) for one in judged]
    exact = [weight * one["share"] for weight, one in zip(weights, judged, strict=True)]
    is_former = document.get("format") == FORMER
    points, shown_weights = (shown(exact), shown(weights)) if is_former else _shown(exact, weights)
    total = sum(exact, Fraction(0))
    lines = [
        {
            "line": one["line"], "absent": one["absent"], "weight": weight, "measure": text_of(one["measure"]),
            "share": None if one["absent"] else text_of(one["share"]),
            "exact": text_of(amount), "points": None if one["absent"] else point, "how": one["how"],
        }
        for one, weight, amount, point in zip(judged, shown_weights, exact, points, strict=True)
    ]  # fmt: skip
    bounds = _bounds(judged, weights)
    return {
        "lines": lines,
        "total": hundredths(total) if present else None,
        "exact": text_of(total) if present else None,
        "low": hundredths(bounds[0]) if bounds else None,
        "high": hundredths(bounds[1]) if bounds else None,
    }


def _shown(points: Sequence[Fraction], weights: Sequence[Fraction]) -> tuple[list[str], list[str]]:
    """Points and weights of lines, no points above their weight."""
    has_room = [_cut(amount) < _cut(weight) for amount, weight in zip(points, weights, strict=True)]
    told = shown(points, has_room)
    is_above = [Fraction(one) * 10**_DECIMALS > _cut(weight) for one, weight in zip(told, weights, strict=True)]
    return told, shown(weights, is_above)


def shown(amounts: Sequence[Fraction], first: Sequence[bool] = ()) -> list[str]:
    """The amounts in hundredths that add up to the rounded sum: the largest remainders are rounded up (ties: in order).

    Those marked `first` are rounded up before the others, but never what is exact.
    """
    cut = [_cut(amount) for amount in amounts]
    if missing := round(sum(amounts, Fraction(0)) * 10**_DECIMALS) - sum(cut):
        rest = [amount * 10**_DECIMALS - whole for amount, whole in zip(amounts, cut, strict=True)]
        waits = [not one for one in first] or [False] * len(rest)
        for at in sorted(range(len(rest)), key=lambda at: (not rest[at], waits[at], -rest[at], at))[:missing]:
            cut[at] += 1
    return [_scaled(one) for one in cut]


def _cut(amount: Fraction) -> int:
    return amount.numerator * 10**_DECIMALS // amount.denominator


def hundredths(amount: Fraction) -> str:
    """The amount with two decimals, half to even."""
    return _scaled(round(amount * 10**_DECIMALS))


def text_of(amount: Fraction | None) -> str | None:
    """The exact amount as text: a decimal where that is exact, else a fraction."""
    if amount is None:
        return None
    below, places = amount.denominator, 0
    while below % 10 == 0:
        below //= 10
        places += 1
    twos = fives = 0
    while below % 2 == 0:
        below, twos = below // 2, twos + 1
    while below % 5 == 0:
        below, fives = below // 5, fives + 1
    if below != 1:
        return f"{amount.numerator}/{amount.denominator}"
    return _decimal(amount, places + max(twos, fives))


def _judged(line: Mapping[str, Any], given: Mapping[str, Any] | None, in_words: bool) -> dict[str, Any]:
    """One line by itself: what it measures, its share, and how that was found."""
    told: dict[str, Any] = {
        "line": line["code"], "given": line["weight"], "absent": "", "measure": None, "share": Fraction(0),
        "how": "", "low": None, "high": None,
    }  # fmt: skip
    if given is None or given["absent"] or given["value"] is None:
        return told | {"absent": (given or {}).get("absent") or "no_data"}
    value = Fraction(given["value"])
    reference = None if given.get("reference") is None else Fraction(given["reference"])
    needs_reference = line["measure"] != "value" or line["rule"] == "distance"
    in_points = line.get("change") == "points"
    if needs_reference and (reference is None or (reference <= 0 and not (in_points and line["rule"] != "distance"))):
        return told | {"absent": "no_reference"}
    measure = _measure(line, value, reference)
    part = RULES[line["rule"]](measure, line, reference)
    ends = [
        RULES[line["rule"]](_measure(line, Fraction(given[end]), reference), line, reference)
        for end in ("low", "high") if given.get(end) is not None
    ]  # fmt: skip
    return told | {
        "measure": measure, "share": part,
        "how": _how(line, value, measure, reference, part) if in_words else "",
        "low": min(ends) if len(ends) == 2 else None, "high": max(ends) if len(ends) == 2 else None,
    }  # fmt: skip


def _measure(line: Mapping[str, Any], value: Fraction, reference: Fraction | None) -> Fraction:
    if line["measure"] == "value" or line["rule"] == "distance":
        return value
    assert reference is not None
    moved = value - reference
    return moved if line.get("change") == "points" else moved / reference * 100


def _bounds(judged: Sequence[Mapping[str, Any]], weights: Sequence[Fraction]) -> tuple[Fraction, Fraction] | None:
    """Between what the total lies, as far as it is known; None where no line tells."""
    if not any(one["low"] is not None for one in judged):
        return None
    pairs = list(zip(judged, weights, strict=True))
    low = sum((w * (one["share"] if one["low"] is None else one["low"]) for one, w in pairs), Fraction(0))
    high = sum((w * (one["share"] if one["high"] is None else one["high"]) for one, w in pairs), Fraction(0))
    return low, high


def _how(line: Mapping[str, Any], value: Fraction, measure: Fraction, reference: Fraction | None,
         part: Fraction) -> str:  # fmt: skip
    """The arithmetic of a line, as one would write it down."""
    steps = []
    if line["measure"] != "value" and line["rule"] != "distance":
        assert reference is not None
        moved = f"{brief(value)} − {brief(reference)}"
        in_points = line.get("change") == "points"
        steps.append(f"{moved} = {brief(measure)}" if in_points
                     else f"（{moved}）÷ {brief(reference)} × 100 = {brief(measure)}%")  # fmt: skip
    m, end = brief(measure), brief(part)
    if line["rule"] == "linear":
        floor, full = brief(Fraction(line["floor"])), brief(Fraction(line["full"]))
        steps.append(f"（{m} − {_signed(floor)}）÷（{full} − {_signed(floor)}），限 0 到 1 = {end}")
    elif line["rule"] == "threshold":
        sign = "≤" if line["direction"] == "down" else "≥"
        steps.append(f"{m} {sign} {brief(Fraction(line['full']))}：{end}")
    elif line["rule"] == "distance":
        assert reference is not None
        both = (brief(reference), m) if line["direction"] == "down" else (m, brief(reference))
        steps.append(f"{both[0]} ÷ {both[1]}，最多 1 = {end}")
    else:
        steps.append(f"{m} ÷ 100 = {end}")
    return "；".join(steps)


def brief(amount: Fraction, places: int = 4) -> str:
    """The amount for reading: at most so many decimals, no empty ones."""
    scaled = round(amount * 10**places)
    text = _decimal(Fraction(scaled, 10**places), places)
    return text.rstrip("0").rstrip(".").replace("-", "−") if "." in text else text.replace("-", "−")


def _signed(text: str) -> str:
    return f"（{text}）" if text.startswith("−") else text


def _bounded(part: Fraction) -> Fraction:
    return min(max(part, Fraction(0)), Fraction(1))


def _scaled(hundreds: int) -> str:
    return _decimal(Fraction(hundreds, 10**_DECIMALS), _DECIMALS)


def _decimal(amount: Fraction, places: int) -> str:
    digits = amount.numerator * 10**places // amount.denominator
    sign, digits = ("-", -digits) if digits < 0 else ("", digits)
    text = f"{digits:0{places + 1}d}"
    return sign + (f"{text[:-places]}.{text[-places:]}" if places else text)
