"""Cross-checks: a small language of exact comparisons over element codes, and what it finds in a filled-in sheet.

check   = sum ("<=" | ">=" | "=" | "<" | ">") sum
sum     = product { ("+" | "-") product }
product = factor { "*" factor }
factor  = whole number | element code | "-" factor | "(" sum ")"
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from operator import add, eq, ge, gt, le, lt, mul, sub

_TOKEN = re.compile(r"\s*(?:(?P<number>\d+)|(?P<name>[a-z][a-z0-9_]*)|(?P<op><=|>=|[=<>+\-*()]))")
_COMPARISONS: dict[str, Callable] = {"<=": le, ">=": ge, "=": eq, "<": lt, ">": gt}
_ARITHMETIC: dict[str, Callable] = {"+": add, "-": sub, "*": mul}
_DEPTH_LIMIT = 40

# A node is a whole number, an element code, or (operator, left, right).
Node = int | str | tuple[str, "Node", "Node"]


class BadCheck(ValueError):
    """The rule cannot be read; the message says where and why."""


class MixedUnits(BadCheck):
    """The rule adds or compares figures of different units of measure."""


@dataclass(frozen=True, slots=True)
class Check:
    left: Node
    comparison: str
    right: Node
    codes: frozenset[str]

    def holds(self, values: Mapping[str, Fraction | None]) -> bool | None:
        """Whether it holds for these values; None where one of them is not known."""
        left, right = _value(self.left, values), _value(self.right, values)
        return None if left is None or right is None else bool(_COMPARISONS[self.comparison](left, right))

    def require_like_units(self, units: Mapping[str, str]) -> None:
        """Raise MixedUnits where unlike units meet; multiplying by anything leaves the unit open."""
        left, right = _unit(self.left, units), _unit(self.right, units)
        _meet(left, right)


@lru_cache(maxsize=2000)
def parse(rule: str) -> Check:
    """Read a rule. Raises BadCheck."""
    reader = _Reader(rule)
    left = reader.sum()
    comparison = reader.take()
    if comparison not in _COMPARISONS:
        raise BadCheck(f"“{rule}”里缺少比较符号（<= >= = < >）")
    right = reader.sum()
    if (rest := reader.take()) is not None:
        raise BadCheck(f"“{rule}”里“{rest}”多余，一条校验只比较一次")
    if not reader.codes:
        raise BadCheck(f"“{rule}”里没有数据元")
    return Check(left, comparison, right, frozenset(reader.codes))


class _Reader:
    """Recursive descent over the tokens of one rule."""

    def __init__(self, rule: str) -> None:
        self.rule, self.tokens, self.place, self.depth = rule, _tokens(rule), 0, 0
        self.codes: set[str] = set()

    def peek(self) -> str | None:
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def take(self) -> str | None:
        token = self.peek()
        self.place += 1
        return token

    def sum(self) -> Node:
        node = self.product()
        while self.peek() in ("+", "-"):
            node = (str(self.take()), node, self.product())
        return node

    def product(self) -> Node:
        node = self.factor()
        while self.peek() == "*":
            self.take()
            node = ("*", node, self.factor())
        return node

    def factor(self) -> Node:
        self.depth += 1
        if self.depth > _DEPTH_LIMIT:
            raise BadCheck(f"“{self.rule}”太复杂")
        sign = self.take()
        node: Node
        if sign is None:
            raise BadCheck(f"“{self.rule}”没有写完")
        if sign == "-":
            node = ("*", -1, self.factor())
        elif sign == "(":
            node = self.sum()
            if self.take() != ")":
                raise BadCheck(f"“{self.rule}”里括号不成对")
        elif sign.isdigit():
            node = int(sign)
        elif sign[0].isalpha():
            self.codes.add(sign)
            node = sign
        else:
            raise BadCheck(f"“{self.rule}”里“{sign}”的位置不对")
        self.depth -= 1
        return node


def _tokens(rule: str) -> list[str]:
    tokens, place, rule = [], 0, rule.strip()
    while place < len(rule):
        found = _TOKEN.match(rule, place)
        if not found:
            raise BadCheck(
                f"“{rule}”里“{rule[place:].strip()[:12]}”看不懂；只能用数据元代码、整数、+ - * 和一个比较符号"
            )
        tokens.append(found[0].strip())
        place = found.end()
    return tokens


def _value(node: Node, values: Mapping[str, Fraction | None]) -> Fraction | None:
    if isinstance(node, int):
        return Fraction(node)
    if isinstance(node, str):
        return values.get(node)
    left, right = _value(node[1], values), _value(node[2], values)
    return None if left is None or right is None else _ARITHMETIC[node[0]](left, right)


def _unit(node: Node, units: Mapping[str, str]) -> str | None:
    """The unit of measure of a part; None where it is open (numbers, products)."""
    if isinstance(node, int):
        return None
    if isinstance(node, str):
        return units.get(node)
    left, right = _unit(node[1], units), _unit(node[2], units)
    if node[0] == "*":
        # Minus one times a figure is still that figure's unit.
        return right if node[1] == -1 else None
    return _meet(left, right)


def _meet(left: str | None, right: str | None) -> str | None:
    if left is not None and right is not None and left != right:
        raise MixedUnits(f"计量单位不同（{left or '无'}、{right or '无'}），不能直接相加或比较；请乘上换算系数")
    return left if left is not None else right


@dataclass(frozen=True, slots=True)
class SheetCheck:
    """A check of a sheet, ready to run."""

    name: str
    message: str
    is_error: bool
    check: Check


@dataclass(frozen=True, slots=True)
class Figured:
    """What a check needs to know of an element."""

    code: str
    decimals: int
    period_type: str
    over_periods: str


@dataclass(frozen=True, slots=True)
class Violation:
    """A check that does not hold. `period` is the cell period it was found in, None for the sheet's period."""

    name: str
    message: str
    is_error: bool
    period: int | None
    codes: frozenset[str]


def violations(
    checks: Iterable[SheetCheck],
    figured: Mapping[str, Figured],
    cells: Mapping[str, Mapping[int, int | None]],
) -> tuple[Violation, ...]:
    """Every check that does not hold for these cells (element code → period key → scaled value), in the sheet's order.

    Elements of one period type are compared period by period; unlike ones by what they come to over the sheet's period.
    A check over something not known yet is left alone.
    """
    found = []
    for one in checks:
        types = {figured[code].period_type for code in one.check.codes}
        if len(types) == 1:
            periods = sorted(next(iter(cells[code] for code in one.check.codes)))
            rounds: list[tuple[int | None, dict[str, Fraction | None]]] = [
                (p if len(periods) > 1 else None,
                 {code: _exact(cells[code].get(p), figured[code]) for code in one.check.codes})
                for p in periods
            ]  # fmt: skip
        else:
            rounds = [(None, {code: _folded(cells[code], figured[code]) for code in one.check.codes})]
        found += [
            Violation(one.name, one.message, one.is_error, period, one.check.codes)
            for period, values in rounds
            if one.check.holds(values) is False
        ]
    return tuple(found)


def _exact(scaled: int | None, element: Figured) -> Fraction | None:
    return None if scaled is None else Fraction(scaled, 10**element.decimals)


def _folded(cells: Mapping[int, int | None], element: Figured) -> Fraction | None:
    """What the element comes to over all its cells; None where that is not known."""
    if not cells or any(value is None for value in cells.values()):
        return None
    values = [Fraction(cells[period] or 0, 10**element.decimals) for period in sorted(cells)]
    if len(values) == 1 or element.over_periods == "last":
        return values[-1]
    if element.over_periods == "none":
        return None
    total = sum(values, Fraction(0))
    return total / len(values) if element.over_periods == "mean" else total
