"""Settings that switch on an action which can never be carried out with the others of the same config."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.config import Config, Setting
from engine.mapping.check.possible import Known, possible, settings_read
from engine.mapping.syntax.tree import Action, Draft
from engine.model.diagnostics import Diagnostics
from engine.model.schema import Waits

CODE = "M227"
Settings = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Use:
    """An action of a mapping."""

    draft: Draft
    action: Action

    @property
    def waits(self) -> Waits | None:
        """The states of a new record in which the action waits."""
        declared = self.draft.ends.target.actions.get(self.action.verb.text) if self.draft.ends else None
        return declared.waits if declared is not None else None

    @property
    def words(self) -> str:
        return f"{self.action.verb.text} of {self.draft.name}"

    def state(self, settings: Settings) -> Any:
        """The state in which the mapping creates records; unknown if the settings do not say."""
        assert self.waits is not None
        for rule in self.draft.fields:
            if rule.name == self.waits.field:
                return Known(settings).made(rule.rule)
        return self.waits.initial

    def is_unready(self, settings: Settings) -> bool:
        return self.waits is not None and self.state(settings) in self.waits.values

    def is_possible(self, settings: Settings) -> bool:
        return possible(self.draft, self.action, settings)


def warn_without_effect(config: Config, drafts: Sequence[Draft], diagnostics: Diagnostics) -> None:
    """Warn of each switch in vain, with the settings that make it so."""
    effects = _Effects(config, [Use(draft, action) for draft in drafts for action in draft.actions])
    for name, setting in config.pack.settings.items():
        value, warnings = config.settings.get(name), list[tuple[str, str]]()
        if setting.type.kind == "bool":
            warnings = [*effects.of_switch(name)] if value is True else []
        elif name in config.given and not setting.required and value != setting.default:
            warnings = [*effects.of_choice(name)]
        for message, hint in warnings:
            diagnostics.warning(CODE, config.given.get(name, config.span), message, hint=hint)


class _Effects:
    def __init__(self, config: Config, uses: Sequence[Use]) -> None:
        self._config, self._settings, self._uses = config, dict(config.settings), uses

    def of_switch(self, name: str) -> Iterator[tuple[str, str]]:
        """Why what a switch turns on is never carried out, or not by itself, and what is needed instead."""
        uses = [use for use in self._uses if use.action.when is not None and self._switches(name, use)]
        if not uses:
            return
        if not any(use.is_possible(self._settings) for use in uses):
            read = settings_read(
                *(part for use in uses for part in (use.action.when, use.action.unless)),
                *(use.draft.source.where for use in uses if use.draft.source is not None),
            )
            causes = self._causes([other for other in read if other != name], uses)
            found = [self._shown(cause) for cause in causes or read if cause != name]
            message = f"{name} is true, but {self._named(uses)} is never done with {', '.join(found)}"
            yield message, self._hint(causes)
            uses = [use for use in self._uses if self._switches(name, use) and self._is_on(use)]
        uses = [use for use in uses if self._is_on(use)]
        if uses and all(use.is_unready(self._settings) for use in uses):
            yield self._unready(name, uses)

    def of_choice(self, name: str) -> Iterator[tuple[str, str]]:
        """Why a setting that only actions read changes nothing: a switch is off, whatever it says."""
        uses = [use for use in self._uses if name in settings_read(*_parts(use.action))]
        others = {setting for draft in self._drafts() for setting in settings_read(*_rest(draft))}
        if not uses or name in others:
            return
        values = [
            self._settings[name],
            *_alternatives(self._config.pack.settings[name], self._settings[name]),
        ]
        if any(
            not Known({**self._settings, name: value}).off(use.action) for use in uses for value in values
        ):
            return
        read = settings_read(*(use.action.when for use in uses))
        off = [other for other in read if self._settings.get(other) is False]
        if off:
            message = f"{self._shown(name)} changes nothing: {', '.join(map(self._shown, off))}"
            yield message, f"remove it, or set {', '.join(f'{other}: true' for other in off)}"

    def _unready(self, name: str, uses: Sequence[Use]) -> tuple[str, str]:
        use, waits = uses[0], uses[0].waits
        assert waits is not None
        rules = [rule.rule for rule in use.draft.fields if rule.name == waits.field]
        read = settings_read(*rules)
        found = ", ".join(map(self._shown, read)) or f"{waits.field} {use.state(self._settings)}"
        refused = " or ".join(waits.values)
        message = f"{name} is true, but {self._named(uses)} is not done with {found} until {waits.until}"
        needed = {
            setting: [
                value
                for value in _alternatives(self._config.pack.settings[setting], self._settings[setting])
                if not any(use.is_unready({**self._settings, setting: value}) for use in uses)
            ]
            for setting in read
        }
        otherwise = f"give {waits.field} another value than {refused} in {use.draft.name}"
        return message, self._hint(needed) or otherwise

    def _switches(self, name: str, use: Use) -> bool:
        turned_off = Known({**self._settings, name: False})
        return name in settings_read(use.action.when) and turned_off.off(use.action)

    def _is_on(self, use: Use) -> bool:
        return not Known(self._settings).off(use.action)

    def _causes(self, names: Sequence[str], uses: Sequence[Use]) -> dict[str, list[Any]]:
        """Settings of which another value would let an action be carried out, with these values."""
        helpful: dict[str, list[Any]] = {}
        for name in names:
            setting = self._config.pack.settings.get(name)
            for value in _alternatives(setting, self._settings.get(name)) if setting else ():
                if any(use.is_possible({**self._settings, name: value}) for use in uses):
                    helpful.setdefault(name, []).append(value)
        return helpful

    def _named(self, uses: Sequence[Use]) -> str:
        on = [use for use in uses if self._is_on(use)] or uses
        return " or ".join(dict.fromkeys(use.words for use in on))

    def _drafts(self) -> list[Draft]:
        return list({use.draft.name: use.draft for use in self._uses}.values())

    def _shown(self, name: str) -> str:
        return f"{name}: {_text(self._settings.get(name))}"

    def _hint(self, needed: Mapping[str, Sequence[Any]]) -> str:
        ways = [f"{name}: {' or '.join(map(_text, values))}" for name, values in needed.items() if values]
        return f"needed is {', or '.join(ways)}" if ways else ""


def _alternatives(setting: Setting | None, value: Any) -> list[Any]:
    """What else a setting can be: of a list, what it has and one choice more."""
    if setting is None:
        return []
    if setting.type.kind == "bool":
        return [not value]
    if setting.type.kind == "list":
        return [[*(value or ()), choice] for choice in setting.choices if choice not in (value or ())]
    return [choice for choice in setting.choices if choice != value]


def _parts(action: Action) -> tuple[Any, ...]:
    return action.when, action.to, action.unless, action.needed


def _rest(draft: Draft) -> tuple[Any, ...]:
    """What a mapping has besides its actions."""
    return draft.source, draft.target, draft.totals, draft.fields


def _text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_text, value))}]"
    return {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)
