"""Types of function calls: value and arguments are checked, the type of the result is found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from engine.mapping.check.kinds import described
from engine.mapping.syntax import tree
from engine.mapping.syntax.dates import day_of
from engine.mapping.syntax.language import FUNCTIONS
from engine.mapping.syntax.tree import Expr, Place
from engine.mapping.syntax.words import NUMBER, Argument, Function
from engine.model.advice import did_you_mean, list_available, meant_value
from engine.model.diagnostics import Diagnostics
from engine.model.schema import ANY, Type

HINTS = {
    "default": "use first or default in the rule for absent values",
    "length": "use count",
    "int": "numbers need no conversion",
    "float": "numbers need no conversion",
    "string": "use text",
    "join": "use join in the rule",
    "map": "use each in the rule",
    "format": "concatenate with ~, or write text around expressions",
    "title": "use upper or lower",
    "urlencode": "use url_quote",
}


@dataclass(frozen=True, slots=True)
class CallCheck:
    """Types the calls of functions. None stands for: wrong, and reported."""

    infer: Callable[[Expr], Expr | None]  # types the value and the arguments
    diagnostics: Diagnostics

    def _wrong(self, code: str, place: Place, message: str, hint: str = "") -> None:
        self.diagnostics.error(code, place.span, message, hint=hint)

    def call(self, node: tree.Call) -> Expr | None:
        function = FUNCTIONS.get(node.function)
        if function is None:
            name, _, field = node.function.partition(".")
            hint = (
                HINTS.get(node.function)
                or (f"put brackets around it: (… | {name}).{field}" if field and name in FUNCTIONS else "")
                or did_you_mean(node.function, FUNCTIONS)
                or list_available(FUNCTIONS)
            )
            self._wrong("M211", node.place, f'unknown function "{node.function}"', hint)
            return None
        of = self.infer(node.of)
        args = self._args(node, function)
        if of is None or args is None:
            return None
        if of.type.kind not in function.takes:
            takes = " or ".join(dict.fromkeys(described(Type(kind)) for kind in function.takes))
            message = f"{node.function} takes {takes}; this is {described(of.type)}"
            self._wrong("M210", of.place, message, self._taking(node.function, of.type))
            return None
        if node.function == "date" and not self._dated(of):
            return None
        type_ = function.gives or of.type
        if node.function in ("first", "last"):
            type_ = of.type.of or ANY
        if node.function == "sum":
            summed = self._summed(node, of, args)
            if summed is None:
                return None
            type_ = summed
        return replace(node, of=of, args=args, type=type_)

    def _dated(self, of: Expr) -> bool:
        """Whether the text may be a date; of a literal that is known already."""
        if not isinstance(of, tree.Const) or day_of(str(of.value)) is not None:
            return True
        self._wrong(
            "M212",
            of.place,
            f"{of.place.text} is not a date",
            meant_value(str(of.value), "date", quoted=False),
        )
        return False

    def _taking(self, function: str, type_: Type) -> str:
        if type_.kind in ("int", "decimal") and FUNCTIONS[function].takes == ("text",):
            return f"convert it to text: | text | {function}"
        if type_.kind == "text" and function == "plus_days":
            return "convert it to a date: | date | plus_days(…)"
        return ""

    def _args(self, node: tree.Call, function: Function) -> tuple[Expr, ...] | None:
        least = sum(not arg.optional for arg in function.arguments)
        if not least <= len(node.args) <= len(function.arguments):
            wanted = ", ".join(f"[{arg.name}]" if arg.optional else arg.name for arg in function.arguments)
            message = f"{node.function} takes {f'({wanted})' if wanted else 'no arguments'}"
            self._wrong("M212", node.place, f"{message}, found {len(node.args) or 'none'}")
            return None
        typed = [
            self._arg(node.function, given, arg)
            for given, arg in zip(node.args, function.arguments, strict=False)
        ]
        known = tuple(arg for arg in typed if arg is not None)
        return known if len(known) == len(typed) else None

    def _arg(self, function: str, given: Expr, arg: Argument) -> Expr | None:
        typed = self.infer(given)
        if typed is None:
            return None
        if typed.type.kind not in arg.kinds:
            wanted = described(Type(arg.kinds[0]))
            digits = isinstance(typed, tree.Const) and str(typed.value).isdigit() and "int" in arg.kinds
            message = f"{arg.name} of {function} takes {wanted}; this is {described(typed.type)}"
            self._wrong("M210", typed.place, message, "leave out the quotes" if digits else "")
            return None
        if isinstance(typed, tree.Const):
            small = arg.least is not None and typed.value < arg.least
            if small or (arg.most is not None and typed.value > arg.most):
                message = f"{arg.name} of {function} must be between {arg.least} and {arg.most}"
                self._wrong("M212", typed.place, message)
                return None
            if typed.value == "" and arg.name in ("old", "separator"):
                self._wrong("M212", typed.place, f"{arg.name} of {function} cannot be empty")
                return None
        elif arg.literal:
            self._wrong(
                "M212", typed.place, f"{arg.name} of {function} must be a literal, it cannot be computed"
            )
            return None
        return typed

    def _summed(self, node: tree.Call, of: Expr, args: tuple[Expr, ...]) -> Type | None:
        item = of.type.of or ANY
        name = args[0].value if args and isinstance(args[0], tree.Const) else None
        if item.kind == "object" and name is not None:
            member = item.fields.get(name)
            if member is None:
                what = of.source if isinstance(of, tree.Path) and of.source else "the list"
                self.diagnostics.error(
                    "M204", args[0].place.span, f'{what} has no field "{name}"', near=(name, item.fields)
                )
                return None
            item = member.type
        elif item.kind == "object":
            self._wrong("M212", node.place, "sum of a list of objects needs the name of a field: sum('…')")
            return None
        elif name is not None:
            self._wrong("M212", args[0].place, f"the list holds {described(item)}, which has no fields")
            return None
        if item.kind not in NUMBER:
            self._wrong(
                "M210", (args[0] if args else of).place, f"sum adds numbers; this is {described(item)}"
            )
            return None
        return Type(item.kind)
