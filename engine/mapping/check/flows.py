"""The pass that checks what a flow needs of its target besides fields: match, totals, actions, links."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engine.mapping.check.catalog import Catalog
from engine.mapping.check.filling import may_fill
from engine.mapping.check.rules import rule_check
from engine.mapping.syntax.language import TOTALS
from engine.mapping.syntax.tree import Action, Draft, FieldRule, Fields, Pack, Rule, TargetDraft, Totals
from engine.model import schema
from engine.model.diagnostics import Diagnostics
from engine.model.schema import ANY, DECIMAL, TEXT, Type


def check_flows(pack: Pack, catalog: Catalog, diagnostics: Diagnostics) -> Pack:
    drafts = {
        name: _Flow(draft, pack, catalog, diagnostics).checked() if draft.ends and draft.target else draft
        for name, draft in pack.drafts.items()
    }
    return replace(pack, drafts=drafts)


class _Flow:
    def __init__(self, draft: Draft, pack: Pack, catalog: Catalog, diagnostics: Diagnostics) -> None:
        assert draft.ends is not None
        assert draft.target is not None
        self.draft, self.ends, self.target = draft, draft.ends, draft.target
        self.pack, self.diagnostics = pack, diagnostics
        self.rules = rule_check(draft, pack, catalog, diagnostics)

    def checked(self) -> Draft:
        actions = tuple(self._actions())
        self._can_write()
        self._linked()
        self._agree()
        target = replace(self.target, match=tuple(self._match(rule) for rule in self.target.match))
        if self.draft.fields_span is not None and self.target.create:
            self._unfilled(target)
        return replace(self.draft, target=target, totals=self._totals(), actions=actions)

    def _can_write(self) -> None:
        stream, name, span = self.ends.target, self.ends.destination, self.target.stream.span
        if self.target.create and not stream.creates:
            hint = "create: never" if stream.updates else ""
            self.diagnostics.error("M222", span, f"records of {name} cannot be created", hint=hint)
        elif not self.target.create and not stream.updates:
            self.diagnostics.error("M222", span, f"records of {name} cannot be updated")

    def _actions(self) -> Iterator[Action]:
        known, seen = self.ends.target.actions, set[str]()
        for action in self.draft.actions:
            verb = action.verb.text
            if verb not in known:
                message = f'{self.ends.destination} has no action "{verb}"'
                self.diagnostics.error("M220", action.verb.span, message, near=(verb, known))
            elif verb in seen:
                self.diagnostics.error("M105", action.verb.span, f'duplicate action "{verb}"')
            seen.add(verb)
            when, needed = (
                self.rules.infer.condition(condition, word) if condition is not None else None
                for word, condition in (("when", action.when), ("needed", action.needed))
            )
            to, unless = self._to(action, known.get(verb)), action.unless
            unless = self.rules.rule(unless, TEXT, "unless") if unless is not None else None
            yield replace(action, when=when, to=to, needed=needed, unless=unless)

    def _to(self, action: Action, declared: schema.Action | None) -> Rule | None:
        """What an action goes to, of the type that its verb declares."""
        if action.to is None:
            if declared is not None and declared.to is not None and declared.to.required:
                message = f'missing key "to" in the action {action.verb.text}'
                self.diagnostics.error("M102", action.verb.span, message, hint=declared.to.doc)
            return None
        if declared is not None and declared.to is None:
            verb = action.verb.text
            message = f"{verb} of {self.ends.destination} takes no `to`"
            self.diagnostics.error("M220", action.to.span, message, hint="leave it out")
            return None
        return self.rules.rule(action.to, declared.to.type if declared and declared.to else ANY, "to")

    def _agree(self) -> None:
        """Every name of `agree` is a field of the target, maybe one inside an object."""
        for name in self.target.agree:
            type_, so_far = self.ends.made, self.ends.destination
            for step in name.text.split("."):
                if type_.kind != "object":
                    message = f"{so_far} has no fields of its own"
                    hint = f"compare all of it: {so_far.removeprefix(f'{self.ends.destination}.')}"
                    self.diagnostics.error("M203", name.span, message, hint=hint)
                    break
                field = type_.fields.get(step)
                if field is None:
                    message = f'{so_far} has no field "{step}"'
                    self.diagnostics.error("M203", name.span, message, near=(step, type_.fields))
                    break
                type_, so_far = field.type, f"{so_far}.{step}"

    def _linked(self) -> None:
        linked = self.draft.source.linked if self.draft.source else None
        if linked is None:
            return
        other = self.pack.drafts.get(linked.text)
        if other is None and linked.text in self.pack.unread:
            return
        if other is None or other.shape is not None:
            flows = [name for name, draft in self.pack.drafts.items() if draft.source]
            message = f'unknown flow "{linked.text}"'
            self.diagnostics.error("M213", linked.span, message, near=(linked.text, flows))
        elif other.ends is not None and (other.ends.destination, other.ends.origin) != (
            self.ends.origin,
            self.ends.destination,
        ):
            message = f"{linked.text} goes from {other.ends.origin} to {other.ends.destination}"
            hint = "a linked mapping goes in the opposite direction: from that flow's target to its source"
            self.diagnostics.error("M219", linked.span, message, hint=hint)
        elif self.target.create and self.ends.target.creates:  # otherwise that is reported already
            hint = "target: {…, create: never}"
            self.diagnostics.error("M219", linked.span, "a linked mapping cannot create records", hint=hint)

    def _match(self, fields: Fields) -> Fields:
        known, out = self.ends.target.match_fields, []
        for field_rule in fields:
            if field_rule.name not in known:
                message = f'{self.ends.destination} cannot be searched by "{field_rule.name}"'
                self.diagnostics.error("M221", field_rule.span, message, near=(field_rule.name, known))
                continue
            field = self.ends.made.fields.get(field_rule.name)
            rule = self.rules.rule(field_rule.rule, field.type if field else TEXT, field_rule.name)
            if rule is not None:
                out.append(replace(field_rule, rule=rule))
        return tuple(out)

    def _unfilled(self, target: TargetDraft) -> None:
        """Warn of fields that `match` and `agree` name, and that no rule can ever fill."""
        drafts = self.pack.drafts
        for field_rule in (part for rule in target.match for part in rule):
            name = field_rule.name
            if self._is_ours(name) and not may_fill(self.draft.fields, name, drafts):
                message = f"no rule fills {name}: what this mapping creates is never found by it again"
                hint = f"add a rule for {name}, or search by a field that has one"
                self.diagnostics.warning("M226", field_rule.span, message, hint=hint)
        stream = self.ends.target
        computed = (*stream.control_totals, *filter(None, (stream.currency,)))
        for scalar in target.agree:
            name = scalar.text
            known = stream.field(name) is not None and name not in computed
            if known and not may_fill(self.draft.fields, name, drafts):
                message = f"no rule fills {name}, so what has it is never adopted"
                hint = f"add a rule for {name}, or remove it from agree"
                self.diagnostics.warning("M225", scalar.span, message, hint=hint)

    def _is_ours(self, name: str) -> bool:
        """Whether a field holds what a mapping sends, not what the target gives a record itself."""
        field = self.ends.target.fields.get(name.partition(".")[0])
        return field is not None and field.writable and name != self.ends.target.key

    def _totals(self) -> Totals:
        totals, known, out = self.draft.totals, self.ends.target.control_totals, list[FieldRule]()
        for field_rule in totals.fields:
            if field_rule.name not in known:
                message = f'{self.ends.destination} has no control total "{field_rule.name}"'
                words = (*known, *TOTALS.names)
                self.diagnostics.error("M221", field_rule.span, message, near=(field_rule.name, words))
            elif rule := self.rules.rule(field_rule.rule, DECIMAL, field_rule.name):
                out.append(replace(field_rule, rule=rule))
        return Totals(
            tuple(out),
            self._on_difference_rule(totals.on_difference, TOTALS["on_difference"].type, "on_difference"),
            self._on_difference_rule(totals.tolerance, TOTALS["tolerance"].type, "tolerance"),
            totals.tolerance is None and self._has_setting("tolerance"),
        )

    def _has_setting(self, name: str) -> bool:
        setting = self.rules.catalog.settings.get(name)
        return setting is not None and setting.type.kind in ("int", "decimal")

    def _on_difference_rule(self, rule: Rule | None, want: Type, label: str) -> Rule | None:
        return None if rule is None else self.rules.rule(rule, want, label)
