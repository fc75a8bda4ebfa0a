"""The actions of a flow become Python: what one goes to is computed only where it is wanted."""

from __future__ import annotations

from collections.abc import Sequence

from engine.mapping.generate.expressions import truth
from engine.mapping.generate.producers import wired
from engine.mapping.generate.rules import Rules
from engine.mapping.generate.writer import ABSENT
from engine.mapping.syntax.tree import Action, Rule


def requests(rules: Rules, actions: Sequence[Action]) -> str:
    """Python for the tuple of the requests that a record makes."""
    codes = [_requested(rules, action) for action in actions]
    rules.code.label = []
    return " + ".join(codes) or "()"


def _requested(rules: Rules, action: Action) -> str:
    """A tuple with the request; an empty one if the action is not wanted."""
    code, verb = rules.code, action.verb
    code.label, code.span = ["actions"], verb.span
    rules.observer.action(code, verb.text, action.when)
    if action.when is None:
        return f"({_request(rules, action)},)"
    name = code.out.new("q")
    code.line(f"{name} = ()")
    with code.block(f"if {truth(code, action.when)}:"):
        code.granted(action.when)
        code.line(f"{name} = ({_request(rules, action)},)")
    return name


def _request(rules: Rules, action: Action) -> str:
    code = rules.code
    make, verb = code.helper("request"), ascii(action.verb.text)
    if action.to is None and action.needed is None and action.unless is None:
        return code.bound(f"{make}({verb})", "q")
    to = _computed(rules, action, "to", action.to)
    needed = f", {truth(code, action.needed)}" if action.needed is not None else ""
    unless = f", unless={_computed(rules, action, 'unless', action.unless)} or ''" if action.unless else ""
    condition = action.to.when if action.to is not None else None
    undirected = f", undirected=not {truth(code, condition)}" if condition is not None else ""
    return f"{make}({verb}, {to}{needed}{unless}{undirected})"


def _computed(rules: Rules, action: Action, word: str, rule: Rule | None) -> str:
    """Python for the value of `to` or `unless`; `None` if there is none."""
    if rule is None:
        return "None"
    code = rules.code
    code.label = ["actions", action.verb.text, word]
    value = code.atom(rules.checked(rule))
    code.label = ["actions"]
    if value is ABSENT:
        return "None"
    written = wired(code, value.code, rule)
    if not value.maybe or written == value.code:
        return written
    return f"({written} if {value.code} is not None else None)"
