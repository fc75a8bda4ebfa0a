"""Types of functions: what they are given is checked, what they give is known."""

from __future__ import annotations

from dataclasses import replace

from engine.mapping.check.kinds import said
from engine.mapping.check.scope import Scope
from engine.mapping.syntax import tree
from engine.mapping.syntax.functions import FUNCTIONS, NUMBER, Arg, Function, day_of
from engine.mapping.syntax.tree import Expr, Place
from engine.model.advice import did_you_mean, meant_value, there_are
from engine.model.diagnostics import Diagnostics
from engine.model.schema import ANY, Type

HINTS = {
    "default": "absent values are for the rule: first or default",
    "length": "the number of items is count",
    "int": "numbers are numbers already",
    "float": "numbers are numbers already",
    "string": "as text is text",
    "join": "texts are put together by the rule: join",
    "map": "go through a list with each",
    "first": "the first present value is a rule: first",
    "format": "put texts together with ~ or text around holes",
    "title": "there are upper and lower",
    "urlencode": "there is url_quote",
}


class Calls:
    """Types the calls of functions. None stands for: wrong, and noted."""

    def __init__(self, scope: Scope, found: Diagnostics) -> None:
        self.scope, self.found = scope, found

    def expr(self, node: Expr) -> Expr | None:
        """The expression with its type; the room above knows the other kinds."""
        raise NotImplementedError

    def _wrong(self, code: str, at: Place, message: str, hint: str = "") -> None:
        self.found.error(code, at.span, message, hint=hint)

    def call(self, node: tree.Call) -> Expr | None:
        function = FUNCTIONS.get(node.function)
        if function is None:
            hint = HINTS.get(node.function) or did_you_mean(node.function, FUNCTIONS) or there_are(FUNCTIONS)
            self._wrong("M211", node.at, f'there is no function "{node.function}"', hint)
            return None
        of = self.expr(node.of)
        args = self._args(node, function)
        if of is None or args is None:
            return None
        if of.type.kind not in function.takes:
            takes = " or ".join(dict.fromkeys(said(Type(kind)) for kind in function.takes))
            message = f"{node.function} takes {takes}; this is {said(of.type)}"
            self._wrong("M210", of.at, message, self._taking(node.function, of.type))
            return None
        if node.function == "date" and not self._dated(of):
            return None
        type_ = function.gives or of.type
        if node.function == "sum":
            summed = self._summed(node, of, args)
            if summed is None:
                return None
            type_ = summed
        return replace(node, of=of, args=args, type=type_)

    def _dated(self, of: Expr) -> bool:
        """Whether the text may be a date; a literal one is known by now."""
        if not isinstance(of, tree.Const) or day_of(str(of.value)) is not None:
            return True
        self._wrong(
            "M212", of.at, f"{of.at.text} is no date", meant_value(str(of.value), "date", quoted=False)
        )
        return False

    def _taking(self, function: str, type_: Type) -> str:
        if type_.kind in ("int", "decimal") and FUNCTIONS[function].takes == ("text",):
            return f"as text: | text | {function}"
        if type_.kind == "text" and function == "plus_days":
            return "as a date: | date | plus_days(…)"
        return ""

    def _args(self, node: tree.Call, function: Function) -> tuple[Expr, ...] | None:
        least = sum(not arg.optional for arg in function.args)
        if not least <= len(node.args) <= len(function.args):
            wanted = ", ".join(f"[{arg.name}]" if arg.optional else arg.name for arg in function.args)
            message = f"{node.function} takes {f'({wanted})' if wanted else 'no arguments'}"
            self._wrong("M212", node.at, f"{message}, found {len(node.args) or 'none'}")
            return None
        typed = [
            self._arg(node.function, given, arg) for given, arg in zip(node.args, function.args, strict=False)
        ]
        known = tuple(one for one in typed if one is not None)
        return known if len(known) == len(typed) else None

    def _arg(self, function: str, given: Expr, arg: Arg) -> Expr | None:
        typed = self.expr(given)
        if typed is None:
            return None
        if typed.type.kind not in arg.kinds:
            wanted = said(Type(arg.kinds[0]))
            digits = isinstance(typed, tree.Const) and str(typed.value).isdigit() and "int" in arg.kinds
            message = f"{arg.name} of {function} is {wanted}; this is {said(typed.type)}"
            self._wrong("M210", typed.at, message, "leave out the quotes" if digits else "")
            return None
        if isinstance(typed, tree.Const):
            small = arg.smallest is not None and typed.value < arg.smallest
            if small or (arg.largest is not None and typed.value > arg.largest):
                message = f"{arg.name} of {function} lies between {arg.smallest} and {arg.largest}"
                self._wrong("M212", typed.at, message)
                return None
            if typed.value == "" and arg.name in ("old", "separator"):
                self._wrong("M212", typed.at, f"{arg.name} of {function} cannot be empty")
                return None
        elif arg.literal:
            self._wrong("M212", typed.at, f"{arg.name} of {function} is written out, it cannot be computed")
            return None
        return typed

    def _summed(self, node: tree.Call, of: Expr, args: tuple[Expr, ...]) -> Type | None:
        item = of.type.of or ANY
        name = args[0].value if args and isinstance(args[0], tree.Const) else None
        if item.kind == "object" and name is not None:
            member = item.fields.get(name)
            if member is None:
                what = of.source if isinstance(of, tree.Path) and of.source else "the list"
                self.found.error(
                    "M204", args[0].at.span, f'{what} has no field "{name}"', near=(name, item.fields)
                )
                return None
            item = member.type
        elif item.kind == "object":
            self._wrong("M212", node.at, "sum of a list of objects names their field: sum('…')")
            return None
        elif name is not None:
            self._wrong("M212", args[0].at, f"the list holds {said(item)}, which has no fields")
            return None
        if item.kind not in NUMBER:
            self._wrong("M210", (args[0] if args else of).at, f"sum adds numbers; this is {said(item)}")
            return None
        return Type(item.kind)
