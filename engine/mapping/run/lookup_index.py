"""Tables prepared for `lookup`: one dict for each, and a slow path that knows why nothing was found."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from engine.mapping.run.sites import Refused, Site, shown
from engine.model.text import is_blank, one_line

MOST_VALUES = 5  # kept of one key: one decides, and two refuse; the others are only shown
Keeps = Callable[[Mapping[str, Any]], bool]  # whether the `where` of a lookup keeps a row


def present(value: Any) -> Any:
    """The value, or None where it is blank text."""
    return None if isinstance(value, str) and is_blank(value) else value


def every_row(row: Mapping[str, Any]) -> bool:
    del row
    return True


class Index:
    """One table searched by columns in their order. The first column with a hit decides."""

    def __init__(
        self,
        table: str,
        by: tuple[str, ...],
        give: str,
        rows: Sequence[Mapping[str, Any]],
        sites: Sequence[Site],
        suggestable: Callable[[Mapping[str, Any]], bool],
    ) -> None:
        self.table, self.by, self.give, self.rows, self.sites = table, by, give, rows, sites
        self.suggestable = suggestable  # False: an archived row, which is found but not suggested
        self._by_column: dict[str, Mapping[Any, Sequence[Mapping[str, Any]]]] = {}  # for conditions
        # By key, the different values that the deciding column has for it.
        self.hits: dict[Any, list[Any]] = {}
        for column in by:
            self._add(column)
        # The simple case takes one step; everything else takes the slow path.
        simple = {key: given[0] for key, given in self.hits.items() if len(given) == 1}
        self.find = {key: value for key, value in simple.items() if value is not None}.get

    def _add(self, column: str) -> None:
        hits: dict[Any, list[Any]] = {}
        for row in self.rows:
            key = key_of(row.get(column))
            if key is not None:
                given = present(row.get(self.give))
                values = hits.setdefault(key, [])
                if len(values) < MOST_VALUES and given not in values:
                    values.append(given)
        for key, values in hits.items():
            self.hits.setdefault(key, values)

    def seek(self, key: Any, refused: list[Refused], site: int, *indexes: int) -> Any:
        """For what `find` did not find at once: spelled with blanks, ambiguous, or missing."""
        given = self.hits.get(key_of(key))
        if given is None:
            message = self._not_found_message(key, self.rows)
            refused.append(Refused(self.sites[site], indexes, message))
            return None
        return self._only(given, key, refused, site, *indexes)

    def seek_optional(self, key: Any, refused: list[Refused], site: int, *indexes: int) -> Any:
        """As `seek`, but what is not there is absent."""
        return self.seek(key, refused, site, *indexes) if key_of(key) in self.hits else None

    # ---- among the rows that a condition keeps

    def seek_where(self, key: Any, keeps: Keeps, refused: list[Refused], site: int, *indexes: int) -> Any:
        """As `seek`, as if the table had only the rows that are kept."""
        given = self._given(key, keeps)
        if given:
            return self._only(given, key, refused, site, *indexes)
        message = self._not_found_message(key, self.kept(keeps, refused), self.sites[site].text)
        refused.append(Refused(self.sites[site], indexes, message))
        return None

    def seek_optional_where(
        self, key: Any, keeps: Keeps, refused: list[Refused], site: int, *indexes: int
    ) -> Any:
        given = self._given(key, keeps)
        return self._only(given, key, refused, site, *indexes) if given else None

    def kept(self, keeps: Keeps, refused: list[Refused]) -> list[Mapping[str, Any]]:
        """All rows that are kept. Most of them are not asked for: they refuse nothing."""
        before = len(refused)
        rows = [row for row in self.rows if keeps(row)]
        del refused[before:]
        return rows

    def _given(self, key: Any, keeps: Keeps) -> list[Any]:
        """The different values of the first column that has the key in a row that is kept."""
        wanted = key_of(key)
        for column in self.by if wanted is not None else ():
            candidates = self._candidates(column).get(wanted, ())
            values: list[Any] = []
            for row in candidates:
                if len(values) < MOST_VALUES and keeps(row):
                    given = present(row.get(self.give))
                    if given not in values:
                        values.append(given)
            if values:
                return values
        return []

    def _candidates(self, column: str) -> Mapping[Any, Sequence[Mapping[str, Any]]]:
        if column not in self._by_column:
            rows: dict[Any, list[Mapping[str, Any]]] = {}
            for row in self.rows:
                rows.setdefault(key_of(row.get(column)), []).append(row)
            self._by_column[column] = rows
        return self._by_column[column]

    # ---- what is reported

    def _only(self, given: Sequence[Any], key: Any, refused: list[Refused], site: int, *indexes: int) -> Any:
        """The value that was found, if all rows that have the key agree in it."""
        if len(given) == 1:
            return given[0]
        values = " and ".join(shown(value) for value in given[: MOST_VALUES - 1])
        values += " and others" if len(given) == MOST_VALUES else ""
        message = (
            f"{self.table} has rows for {shown(key)} that differ in {self.give}: {values}; "
            "keep one of them, or search by another column"
        )
        refused.append(Refused(self._ambiguous(site), indexes, message))
        return None

    def _ambiguous(self, site: int) -> Site:
        own = self.sites[site]
        return Site("mapping.ambiguous", own.where, own.label, own.text)

    def _not_found_message(self, key: Any, rows: Sequence[Mapping[str, Any]], where: str = "") -> str:
        columns = " or ".join(self.by)
        message = f"{self.table} has no row whose {columns} is {shown(key)}"
        if where:
            message += f" among those with {where}"
        if not self.hits:
            return f"{message}; the table is empty"
        near = self._nearest(key, rows)
        if near:
            return f"{message}; nearest: {near}"
        suggestable = [row for row in rows if self.suggestable(row)]
        known = {key_of(row.get(column)) for row in suggestable for column in self.by} - {None}
        keys = sorted(str(key) for key in known)
        listed = f"; it has {', '.join(keys)}" if 0 < len(keys) <= 8 else ""
        return f"{message}{listed}; correct it at the source, or add a row"

    def _nearest(self, key: Any, rows: Sequence[Mapping[str, Any]]) -> str:
        """The closest row: what it would give, with another column for people."""
        wanted = _normalised(key)
        best: tuple[float, Mapping[str, Any]] | None = None
        for row in filter(self.suggestable, rows[:5000]):
            for column in self.by:
                word = _normalised(row.get(column))
                score = _likeness(wanted, word) if word else 0.0
                if score >= 0.5 and (best is None or score > best[0]):
                    best = score, row
        if best is None:
            return ""
        row = best[1]
        columns = (*self.by, "Name", "name", *row)
        others = [column for column in columns if column != self.give and present(row.get(column))]
        explained = f" ({row[others[0]]})" if others else ""
        return f"{shown(row.get(self.give))}{explained}"


_LOOKALIKES = str.maketrans("oil", "011")


def _normalised(value: Any) -> str:
    """How a value looks: letters that are taken for digits count as those digits."""
    return "" if value is None else str(value).strip().casefold().translate(_LOOKALIKES)


def _likeness(a: str, b: str) -> float:
    matcher = difflib.SequenceMatcher(None, a, b)
    return matcher.ratio() if matcher.real_quick_ratio() >= 0.5 else 0.0


def key_of(value: Any) -> Any:
    """A value as tables are searched for it: text on one line and in one form, None if nothing is left."""
    return (one_line(value) or None) if isinstance(value, str) else value
