"""What a connector's own pydantic model refuses, said in the words and at the places of the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine.config import nodes
from engine.config.masking import Path, may_be_secret
from engine.document import MapNode, Node, Scalar
from engine.model.advice import meant, meant_value
from engine.model.diagnostic import Span
from engine.model.diagnostics import Diagnostics

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

_MISSPELT = 200  # names beside each other: with more of them nobody slipped, and looking takes time

Refusals = Mapping[Path, "ErrorDetails"]

_KINDS = {  # pydantic's type of error: what was expected, and our kind of value
    "string_type": ("text", "text"),
    "int_type": ("a whole number", "int"),
    "int_parsing": ("a whole number", "int"),
    "int_from_float": ("a whole number", "int"),
    "float_type": ("a number", "decimal"),
    "float_parsing": ("a number", "decimal"),
    "decimal_type": ("a number", "decimal"),
    "decimal_parsing": ("a number", "decimal"),
    "bool_type": ("true or false", "bool"),
    "bool_parsing": ("true or false", "bool"),
    "date_type": ("a date", "date"),
    "date_from_datetime_parsing": ("a date", "date"),
    "date_from_datetime_inexact": ("a date", "date"),
    "list_type": ("a list", ""),
    "tuple_type": ("a list", ""),
    "dict_type": ("a mapping of keys", ""),
    "model_type": ("a mapping of keys", ""),
    "model_attributes_type": ("a mapping of keys", ""),
}


class ModelFailed(Exception):
    """A connector's model failed with something else than a refusal; says with what."""


def refusals(model: type[BaseModel], node: Node, values: dict[str, Any]) -> Refusals:
    """What the model refuses, one mistake at each place. Types `values` by where they go.

    Raises ModelFailed where the model's own checks break.
    """
    from pydantic import ValidationError

    try:
        model.model_validate(values)
    except ValidationError as error:
        found = [(_place(one, values), one) for one in error.errors(include_url=False)]
        typed = [_typed(node, values, path, one) for path, one in found]
        if any(typed):
            return refusals(model, node, values)
        return _told_once(dict(reversed(found)))
    except Exception as error:
        # An outsider's model may fail in any way: a mistake in what was installed, not in the engine.
        raise ModelFailed(f"{type(error).__name__}: {error}") from error
    return {}


def _place(one: ErrorDetails, values: Any) -> Path:
    """The path to a mistaken value; pydantic's own names, in between, the types that it tried."""
    steps = one["loc"][:-1] if one["type"] == "missing" else one["loc"]
    path: list[str | int] = []
    for step in steps:
        if isinstance(values, dict) and step in values:
            values = values[str(step)]
        elif isinstance(values, list | tuple) and isinstance(step, int) and step < len(values):
            values = values[step]
        else:
            continue
        path.append(step)
    return (*path, one["loc"][-1]) if one["type"] == "missing" else tuple(path)


def _typed(node: Node, values: dict[str, Any], path: Path, one: ErrorDetails) -> bool:
    """A plain scalar is typed by where it goes: `tenant_id: 200` is the text 200. True where that helps."""
    node, _ = nodes.at(node, path)
    given = one["input"]
    if not path or given is None:
        return False
    if one["type"] == "string_type" and isinstance(node, Scalar) and not isinstance(given, str | dict | list):
        put(values, path, node.text)
    elif one["type"] == "is_instance_of" and type(given) is int and one.get("ctx") == {"class": "Decimal"}:
        put(values, path, Decimal(given))  # a decimal that is written without a point
    elif one["type"] == "tuple_type" and isinstance(given, list):
        put(values, path, tuple(given))
    else:
        return False
    return True


def put(values: Any, path: Path, value: Any) -> None:
    """Put a value at a path. A tuple on the way becomes a list again."""
    step, *rest = path
    if rest:
        inner = list(values[step]) if isinstance(values[step], tuple) else values[step]
        put(inner, tuple(rest), value)
        value = inner
    values[step] = value


def _told_once(found: dict[Path, ErrorDetails]) -> Refusals:
    """Without what only follows from another mistake."""
    unknown: dict[Path, list[str]] = {}  # misspelt names, by where they stand
    for path, one in found.items():
        if one["type"] == "extra_forbidden" and len(names := unknown.setdefault(path[:-1], [])) < _MISSPELT:
            names.append(str(path[-1]))
    around = {path[:size] for path in found for size in range(1, len(path))}

    def follows(path: Path, one: ErrorDetails) -> bool:
        if one["type"] == "missing":  # a name that is missing because it is misspelt
            return any(meant(name, [str(path[-1])]) for name in unknown.get(path[:-1], ()))
        return path in around  # a list that is no text either, and one of whose items is the mistake

    return {path: one for path, one in found.items() if not follows(path, one)}


class Speaker:
    """Notes refusals: at the value's own place, in plain words."""

    def __init__(self, who: str, where: str, model: Any, node: Node, found: Diagnostics) -> None:
        self.who, self.where, self.model, self.node, self.found = who, where, model, node, found
        self.besides: tuple[str, ...] = ()  # names that may stand beside those of the model
        self.unsaid: Sequence[str] = ()  # secrets, kept out of a model's own words

    def note(self, path: Path, one: ErrorDetails, owner: Span) -> None:
        node, span = nodes.at(self.node, path)
        name = ".".join(str(step) for step in path)
        if one["type"] == "extra_forbidden":
            self._unknown(path, name, span)
        elif one["type"] == "missing":
            holder = span if len(path) > 1 else owner
            message = f'{self.who} needs "{name}" under {self.where}'
            self.found.error("C202", holder, message, hint=_doc(self.model, path))
        else:
            said, hint = self._said(node, path, one)
            where = ".".join(filter(None, (self.where, name)))
            self.found.error("C210", span if path else owner, f"{where}{said}", hint=hint)

    def _unknown(self, path: Path, name: str, span: Span) -> None:
        holder, _ = nodes.at(self.node, path[:-1])
        word = str(path[-1])
        if isinstance(holder, MapNode) and word in holder.keys:
            span = holder.keys[word].span
        known = [*_names(self.model, path[:-1]), *(self.besides if len(path) == 1 else ())]
        self.found.error("C201", span, f'{self.who} has no setting "{name}"', near=(word, known))

    def _said(self, node: Node, path: Path, one: ErrorDetails) -> tuple[str, str]:
        """What is wrong, and what to try. What may be a secret is never quoted."""
        secret = may_be_secret(self.model, path)
        found = "" if secret else f", found {nodes.said(node)}"
        text = node.text if isinstance(node, Scalar) else ""
        quoted = isinstance(node, Scalar) and node.style in ("'", '"')
        kind, ctx = one["type"], one.get("ctx", {})
        if kind in _KINDS:
            wanted, ours = _KINDS[kind]
            return f" must be {wanted}{found}", "" if secret else meant_value(text, ours, quoted=quoted)
        if kind in ("literal_error", "enum"):
            words = str(ctx.get("expected", "")).replace("'", "").replace(" or ", ", ").split(", ")
            near = f'did you mean "{one_word}"?' if not secret and (one_word := meant(text, words)) else ""
            return f" must be one of {', '.join(words)}{found}", near
        for bound, words_ in _BOUNDS.items():
            if bound in ctx and kind.startswith(("greater", "less")):
                return f" must be {words_} {ctx[bound]}{found}", ""
        said = one["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
        for one_secret in self.unsaid:
            said = said.replace(one_secret, "…")
        return f": {said}", ""


def _doc(model: Any, path: Path) -> str:
    """What the model says of a setting, in its first line."""
    fields = getattr(model, "model_fields", {})
    doc = fields[path[0]].description if len(path) == 1 and path[0] in fields else None
    return (doc or "").strip().partition("\n")[0]


_BOUNDS = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}


def _names(model: Any, path: Path) -> list[str]:
    """The names that a model knows at a path."""
    for step in path:
        fields = getattr(model, "model_fields", {})
        model = fields[step].annotation if step in fields else None
    return [*getattr(model, "model_fields", {})]
