"""Report what a connector's own pydantic model refuses, in the words of the file and at the places in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine.config.excerpts import Path
from engine.config.masking import may_be_secret
from engine.document import MapNode, Node, Scalar, describe, expected_type, node_at
from engine.model.advice import meant, meant_value
from engine.model.diagnostic import Span
from engine.model.diagnostics import Diagnostics
from engine.model.schema import BOOL, DATE, DECIMAL, INT, TEXT, Type

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

_MAX_UNKNOWN = 200  # unknown names in one mapping: more are not misspellings, and comparing them takes time

ModelErrors = Mapping[Path, "ErrorDetails"]

_LIST, _OBJECT = Type("list"), Type("object")
_TYPE_ERRORS = {  # pydantic's type of error -> the type that was expected
    "string_type": TEXT,
    "int_type": INT,
    "int_parsing": INT,
    "int_from_float": INT,
    "float_type": DECIMAL,
    "float_parsing": DECIMAL,
    "decimal_type": DECIMAL,
    "decimal_parsing": DECIMAL,
    "bool_type": BOOL,
    "bool_parsing": BOOL,
    "date_type": DATE,
    "date_from_datetime_parsing": DATE,
    "date_from_datetime_inexact": DATE,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "dict_type": _OBJECT,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
}
_CHOICE = re.compile(r"""'([^']*)'|"([^"]*)\"""")  # as pydantic lists them: 'a' or "b's"
_BOUNDS = {"ge": "{} or more", "gt": "more than {}", "le": "{} or less", "lt": "less than {}"}


class ModelFailed(Exception):
    """A connector's model raised something other than a validation error."""


def model_errors(model: type[BaseModel], node: Node, values: dict[str, Any]) -> ModelErrors:
    """What the model refuses, one error for each place. Converts `values` to the types it expects.

    Raises ModelFailed if the model's own checks break.
    """
    from pydantic import ValidationError

    try:
        model.model_validate(values)
    except ValidationError as error:
        errors = [(_place(details, values), details) for details in error.errors(include_url=False)]
        converted = [_convert(node, values, path, details) for path, details in errors]
        if any(converted):
            return model_errors(model, node, values)
        return _without_consequences(dict(reversed(errors)))
    except Exception as error:
        # An outsider's model may fail in any way: a mistake in what was installed, not in the engine.
        raise ModelFailed(f"{type(error).__name__}: {error}") from error
    return {}


def _place(details: ErrorDetails, values: Any) -> Path:
    """The path to the value concerned, without the names of types that pydantic puts in between."""
    steps = details["loc"][:-1] if details["type"] == "missing" else details["loc"]
    path: list[str | int] = []
    for step in steps:
        if isinstance(values, dict) and step in values:
            values = values[str(step)]
        elif isinstance(values, list | tuple) and isinstance(step, int) and step < len(values):
            values = values[step]
        else:
            continue
        path.append(step)
    return (*path, details["loc"][-1]) if details["type"] == "missing" else tuple(path)


def _convert(node: Node, values: dict[str, Any], path: Path, details: ErrorDetails) -> bool:
    """Convert a plain scalar to the type expected: `tenant_id: 200` is the text 200. True if that helps."""
    node, _ = node_at(node, path)
    given = details["input"]
    if not path or given is None:
        return False
    kind = details["type"]
    if kind == "string_type" and isinstance(node, Scalar) and not isinstance(given, str | dict | list):
        put(values, path, node.text)
    elif kind == "is_instance_of" and type(given) is int and details.get("ctx") == {"class": "Decimal"}:
        put(values, path, Decimal(given))  # a decimal that is written without a point
    elif kind == "tuple_type" and isinstance(given, list):
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


def _without_consequences(errors: dict[Path, ErrorDetails]) -> ModelErrors:
    """Without errors that only follow from another one."""
    unknown: dict[Path, list[str]] = {}  # unknown names, by the mapping they are in
    for path, details in errors.items():
        if details["type"] == "extra_forbidden":
            names = unknown.setdefault(path[:-1], [])
            if len(names) < _MAX_UNKNOWN:
                names.append(str(path[-1]))
    containers = {path[:size] for path in errors for size in range(1, len(path))}

    def follows(path: Path, details: ErrorDetails) -> bool:
        if details["type"] == "missing":  # a name that is missing because it is misspelt
            return any(meant(name, [str(path[-1])]) for name in unknown.get(path[:-1], ()))
        return path in containers  # a list that is not text either, one of whose items is the mistake

    return {path: details for path, details in errors.items() if not follows(path, details)}


@dataclass(slots=True)
class Reporter:
    """Reports a model's errors at the values concerned."""

    owner: str  # whose model it is: "the connector xero"
    path: str  # where its values are in the file: "systems.xero"
    model: Any
    node: Node
    diagnostics: Diagnostics
    also_known: tuple[str, ...] = ()  # names that are valid besides those of the model

    def report(self, path: Path, details: ErrorDetails, owner: Span) -> None:
        node, span = node_at(self.node, path)
        name = ".".join(str(step) for step in path)
        if details["type"] == "extra_forbidden":
            self._unknown(path, name, span)
        elif details["type"] == "missing":
            holder = span if len(path) > 1 else owner
            message = f'{self.owner} needs "{name}" under {self.path}'
            self.diagnostics.error("C202", holder, message, hint=_description(self.model, path))
        else:
            reason, hint = self._reason(node, path, details)
            where = ".".join(filter(None, (self.path, name)))
            self.diagnostics.error("C210", span if path else owner, f"{where}: {reason}", hint=hint)

    def _unknown(self, path: Path, name: str, span: Span) -> None:
        holder, _ = node_at(self.node, path[:-1])
        word = str(path[-1])
        if isinstance(holder, MapNode) and word in holder.keys:
            span = holder.keys[word].span
        known = [*_names(self.model, path[:-1]), *(self.also_known if len(path) == 1 else ())]
        message = f'{self.owner} has no setting "{name}"'
        self.diagnostics.error("C201", span, message, near=(word, known))

    def _reason(self, node: Node, path: Path, details: ErrorDetails) -> tuple[str, str]:
        """What is wrong, and what to try. A value that may be a secret is never quoted."""
        secret = may_be_secret(self.model, path)
        found = "" if secret else f", found {describe(node)}"
        text = node.text if isinstance(node, Scalar) else ""
        kind, context = details["type"], details.get("ctx", {})
        if (expected := _TYPE_ERRORS.get(kind)) is not None:
            quoted = isinstance(node, Scalar) and node.style in ("'", '"')
            hint = "" if secret else meant_value(text, expected.kind, quoted=quoted)
            return f"expected {expected_type(expected)}{found}", hint
        if kind in ("literal_error", "enum"):
            found_choices = _CHOICE.findall(str(context.get("expected", "")))
            choices = [single or double for single, double in found_choices]
            near = "" if secret else meant(text, choices)
            return f"expected one of {', '.join(choices)}{found}", f'did you mean "{near}"?' if near else ""
        for bound, words in _BOUNDS.items():
            if bound in context and kind.startswith(("greater", "less")):
                return f"expected {words.format(context[bound])}{found}", ""
        return details["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, "), ""


def _description(model: Any, path: Path) -> str:
    """The first line of what the model says about a setting."""
    fields = getattr(model, "model_fields", {})
    description = fields[path[0]].description if len(path) == 1 and path[0] in fields else None
    return (description or "").strip().partition("\n")[0]


def _names(model: Any, path: Path) -> list[str]:
    """The names that a model has at a path."""
    for step in path:
        fields = getattr(model, "model_fields", {})
        model = fields[step].annotation if step in fields else None
    return [*getattr(model, "model_fields", {})]
