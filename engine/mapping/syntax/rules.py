"""Reading rules: a scalar, or a mapping with exactly one producer and any modifiers."""

from __future__ import annotations

from collections.abc import Sequence

from engine.document import ListNode, MapNode, Node, Scalar
from engine.mapping.syntax import nodes, tree
from engine.mapping.syntax.parser import has_holes, parse_text
from engine.mapping.syntax.tree import FieldRule, Fields, Producer, Rule
from engine.model.advice import did_you_mean
from engine.model.diagnostic import Span
from engine.model.diagnostics import Diagnostics

MAX_DEPTH = 24
MAX_RULES = 5_000
PRODUCERS = ("value", "first", "join", "each", "list", "fields", "use", "ref")
MODIFIERS = ("when", "default", "required", "optional", "lookup", "max", "cut", "round", "doc")
BESIDE = {"with": "join", "as": "each", "where": "each", "key": "ref"}
KEYS = (*PRODUCERS, *BESIDE, *MODIFIERS)


class RuleReader:
    """Reads the rules of one file."""

    def __init__(self, found: Diagnostics) -> None:
        self.found = found
        self.depth = self.count = 0

    def fields(self, node: Node | None, owner: Span, what: str, called: str = "fields") -> Fields:
        if node is None:
            self.found.error("M102", owner, f'{what} lacks the key "fields"')
            return ()
        own = nodes.map_node(node, called, self.found)
        if own is None:
            return ()
        return tuple(
            FieldRule(
                name, own.keys[name].span, self.rule(entry) or Rule(entry.span, tree.Plain(None), broken=True)
            )
            for name, entry in own.entries.items()
        )

    def rule(self, node: Node) -> Rule | None:
        self.depth += 1
        try:
            self.count += 1
            if self.count > MAX_RULES:
                if self.count == MAX_RULES + 1:
                    message = f"more than {MAX_RULES} rules in one mapping"
                    self.found.error("M110", node.span, message)
                return None
            if self.depth > MAX_DEPTH:
                self.found.error("M110", node.span, f"rules are nested deeper than {MAX_DEPTH} levels")
                return None
            return self._rule(node)
        finally:
            self.depth -= 1

    def _rule(self, node: Node) -> Rule | None:
        match node:
            case Scalar():
                producer = self._scalar(node)
                return None if producer is None else Rule(node.span, producer)
            case ListNode(items=()):
                return Rule(node.span, tree.Plain(None))
            case ListNode():
                hint = "a list is written {list: [ … ]}, alternatives are written {first: [ … ]}"
                self.found.error(
                    "M103", node.span, "a rule is a scalar or a mapping, found a list", hint=hint
                )
                return None
        return self._mapping(node)

    def _scalar(self, node: Scalar) -> Producer | None:
        if not nodes.bounded(node, self.found):
            return None
        if node.kind != "text" or not has_holes(node.text):
            return tree.Plain(node)
        parts = parse_text(node, self.found)
        return None if parts is None else tree.Text(parts)

    # ---- a rule as a mapping

    def _mapping(self, node: MapNode) -> Rule | None:
        before = len(self.found.errors)
        node = self._known(node)
        name = self._one_producer(node)
        rule = self._modified(node)
        if name is None:
            return None
        producer: Producer | None = getattr(self, f"_{name}")(node, node.entries[name])
        if producer is None or rule is None or len(self.found.errors) > before:
            return None
        return Rule(
            node.span, producer, rule.when, rule.lookup, rule.optional, rule.default, rule.required,
            rule.max, rule.cut, rule.round, rule.doc, keys=node.keys,
        )  # fmt: skip

    def _known(self, node: MapNode) -> MapNode:
        if node.keys and not any(key in KEYS for key in node.keys):
            first = next(iter(node.keys.values()))
            hint = did_you_mean(first.text, KEYS) or "an object is written {fields: { … }}"
            self.found.error("M104", first.span, f'"{first.text}" is no part of a rule', hint=hint)
            return node
        node = nodes.known_keys(node, KEYS, "a rule", self.found)
        for key, owner in BESIDE.items():
            if key in node.keys and owner not in node.keys:
                self.found.error("M105", node.keys[key].span, f"{key} belongs to {owner}, which is not here")
        if "optional" in node.keys and "lookup" not in node.keys:
            hint = "a rule without a value is absent anyway"
            self.found.error("M105", node.keys["optional"].span, "optional softens a lookup", hint=hint)
        if "max" in node.keys and "cut" in node.keys:
            span = node.keys["cut"].span
            self.found.error("M105", span, "max refuses what cut would shorten", hint="keep one of the two")
        return node

    def _one_producer(self, node: MapNode) -> str | None:
        names = [key for key in node.entries if key in PRODUCERS]
        if "each" in names:
            names = [key for key in names if key not in ("use", "fields")]
        elif "use" in names:
            names = [key for key in names if key != "fields"]
        if len(names) == 1:
            return names[0]
        if names:
            span = node.keys[names[1]].span
            self.found.error("M104", span, f"a rule has one producer, found {' and '.join(names)}")
        elif any(key in KEYS for key in node.keys):
            hint = f"one of {', '.join(PRODUCERS)}"
            self.found.error("M104", node.span, "the rule produces nothing", hint=hint)
        elif not node.keys:
            self.found.error("M104", node.span, "an empty rule", hint=f"one of {', '.join(PRODUCERS)}")
        return None

    def _modified(self, node: MapNode) -> Rule | None:
        found, get = self.found, node.entries.get
        when = nodes.condition(node.entries["when"], node.span, "when", "", found) if get("when") else None
        default = self.rule(node.entries["default"]) if get("default") else None
        lookup = self._lookup(node.entries["lookup"]) if get("lookup") else None
        return Rule(
            node.span,
            tree.Plain(None),
            when,
            lookup,
            nodes.flag(get("optional"), "optional", found),
            default,
            nodes.flag(get("required"), "required", found),
            nodes.number(get("max"), "max", 1, 1_000_000, found),
            nodes.number(get("cut"), "cut", 1, 1_000_000, found),
            nodes.number(get("round"), "round", 0, 12, found),
            nodes.prose(get("doc"), "doc", found),
        )

    def _lookup(self, node: Node) -> tree.Lookup | None:
        own = nodes.map_node(node, "lookup", self.found, "{in: a table, by: a column, give: a column}")
        if own is None:
            return None
        own = nodes.known_keys(own, ("in", "by", "give"), "lookup", self.found)
        table = nodes.word(own.entries.get("in"), own.span, "in", "lookup", self.found)
        if "by" not in own.entries:
            self.found.error("M102", own.span, 'lookup lacks the key "by"')
            return None
        by = nodes.words(own.entries["by"], "by", self.found)
        give = None
        if "give" in own.entries:
            give = nodes.word(own.entries["give"], own.span, "give", "lookup", self.found)
        return None if table is None or not by else tree.Lookup(own.span, table, by, give)

    # ---- producers

    def _value(self, node: MapNode, entry: Node) -> Producer | None:
        del node
        if isinstance(entry, Scalar):
            return self._scalar(entry)
        if isinstance(entry, ListNode) and not entry.items:
            return tree.Plain(None)
        hint = "a list is written {list: [ … ]}" if isinstance(entry, ListNode) else ""
        message = f"value is a literal or a hole, found {nodes.kind_of(entry)}"
        self.found.error("M103", entry.span, message, hint=hint)
        return None

    def _rules(self, entry: Node, key: str) -> tuple[Rule, ...] | None:
        parts: Sequence[Node] = nodes.list_node(entry, key, self.found)
        if isinstance(entry, ListNode) and not parts:
            self.found.error("M103", entry.span, f"{key} has no rules")
        rules = [self.rule(one) for one in parts]
        known = tuple(one for one in rules if one is not None)
        return known if known and len(known) == len(rules) else None

    def _first(self, node: MapNode, entry: Node) -> Producer | None:
        del node
        rules = self._rules(entry, "first")
        return None if rules is None else tree.First(rules)

    def _list(self, node: MapNode, entry: Node) -> Producer | None:
        del node
        rules = self._rules(entry, "list")
        return None if rules is None else tree.Listed(rules)

    def _join(self, node: MapNode, entry: Node) -> Producer | None:
        rules = self._rules(entry, "join")
        glue = node.entries.get("with")
        if glue is None:
            text = " "
        elif isinstance(glue, Scalar) and glue.kind != "null" and not has_holes(glue.text):
            text = glue.text
        else:
            hint = 'nothing between the parts is written ""' if isinstance(glue, Scalar) else ""
            self.found.error("M103", glue.span, f"with is plain text, found {nodes.kind_of(glue)}", hint=hint)
            return None
        return None if rules is None else tree.Join(rules, text)

    def _ref(self, node: MapNode, entry: Node) -> Producer | None:
        mapping = nodes.word(entry, node.span, "ref", "the rule", self.found)
        key = nodes.hole(node.entries.get("key"), node.keys["ref"].span, "key", "a ref", self.found)
        return None if mapping is None or key is None else tree.Reference(mapping, key)

    def _fields(self, node: MapNode, entry: Node) -> Producer | None:
        return tree.Object(self.fields(entry, node.span, "the rule"))

    def _use(self, node: MapNode, entry: Node) -> Producer | None:
        mapping = nodes.word(entry, node.span, "use", "the rule", self.found)
        own = self.fields(node.entries["fields"], node.span, "use") if "fields" in node.entries else ()
        return None if mapping is None else tree.Object(own, tree.Use(mapping))

    def _each(self, node: MapNode, entry: Node) -> Producer | None:
        found = self.found
        over = nodes.hole(entry, node.span, "each", "the rule", found)
        where = None
        if "where" in node.entries:
            where = nodes.condition(node.entries["where"], node.span, "where", "each", found)
        at = node.keys["each"].span
        if "use" in node.entries:
            if "as" in node.entries:
                hint = "the used mapping names its item itself"
                found.error("M105", node.keys["as"].span, "as does not stand beside use", hint=hint)
            used = self._use(node, node.entries["use"])
            if over is None or not isinstance(used, tree.Object):
                return None
            return tree.Each(over, "", used.fields, used.use, where)
        name = nodes.name_word(node.entries.get("as"), at, "as", "each (without use)", found)
        own = self.fields(node.entries.get("fields"), at, "each (without use)")
        return None if over is None or name is None else tree.Each(over, name.text, own, None, where)
