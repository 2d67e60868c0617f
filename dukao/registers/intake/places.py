"""The units that a delivery may speak about, and for each the unit at whose level its figures are kept."""

from collections.abc import Iterable
from functools import cached_property

import duckdb
import pyarrow as pa

from dukao.org import queries as org

LEVEL_NAMES = ("全国", "省级", "市级", "县级", "乡镇级", "村级")


class Places:
    """The subtree of a delivery's scope. `levels`: at which levels the dataset's elements are kept."""

    def __init__(self, *, scope_path: str, scope_name: str, levels: Iterable[int]) -> None:
        self._rows = org.unit_rows_below(path=scope_path)
        self._scope_name = scope_name
        self.levels = tuple(sorted(set(levels)))

    def put_into(self, db: duckdb.DuckDBPyConnection) -> None:
        """Make the table `places`: `code` of every unit that may be named, `at_3` … the id of the unit at that level.

        A unit above a level, or without an ancestor there, is left out: its figures could not be kept.
        """
        kinds = {"id": pa.int64(), "code": pa.string(), "level": pa.int8(), "path": pa.string()}
        columns = {name: pa.array([row[n] for row in self._rows], kinds[name]) for n, name in enumerate(kinds)}
        db.register("units_found", pa.table(columns))
        db.execute("CREATE TABLE units AS SELECT * REPLACE (code::BIGINT AS code) FROM units_found")
        ancestors, joins = "", ""
        for level in self.levels:
            ancestors += f", coalesce(a{level}.at, u.id) AS at_{level}"
            joins += (
                " LEFT JOIN (SELECT below.id, above.id AS at FROM"  # noqa: S608
                " (SELECT id, unnest(string_split(trim(path, '/'), '/')) AS step FROM units"
                f" WHERE level > {level}) below JOIN units above ON above.id = below.step::BIGINT"
                f" WHERE above.level = {level}) a{level} ON a{level}.id = u.id"
            )
        held = " AND ".join(f"(u.level = {n} OR a{n}.at IS NOT NULL)" for n in self.levels) or "true"
        db.execute(f"CREATE TABLE places AS SELECT u.code, u.level{ancestors} FROM units u{joins} WHERE {held}")  # noqa: S608

    @cached_property
    def _level_of(self) -> dict[int, int]:
        return {int(code): level for _id, code, level, _path in self._rows}

    @cached_property
    def _code_of(self) -> dict[int, str]:
        return {unit_id: code for unit_id, code, _level, _path in self._rows}

    def code_of(self, unit_id: int) -> str:
        return self._code_of[unit_id]

    def fault(self, code: int) -> str:
        """Why the unit of this code may not be named."""
        level = self._level_of.get(code)
        if level is None:
            return f"区划代码 {code} 不在本次交付的范围（{self._scope_name}）内，或已撤销"
        lowest = LEVEL_NAMES[max(self.levels, default=level)]
        return f"区划代码 {code} 是{LEVEL_NAMES[level]}单位，数据按{lowest}保存，请写到{lowest}"
