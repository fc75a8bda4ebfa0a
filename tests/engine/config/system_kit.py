"""An outsider's connector, and helpers to check and open its system in a config."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, NoReturn

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from engine.config import Config, SystemConfig
from engine.config.system_settings import check_settings
from engine.model.diagnostics import Diagnostics
from engine.model.schema import TEXT, Stream
from engine.model.schema import Field as StreamField
from engine.sdk import Connector, Context, Sandbox, Secret, Settings, WebAddress
from tests.engine.config.config_kit import CONFIG, PACK, lay, load


class Login(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    user: str = "me"
    token: SecretStr | None = None


class OutsiderSettings(Settings):
    token: Secret
    """What opens the door."""

    url: WebAddress = "https://example.org"
    size: int = Field(default=10, ge=1, le=100)
    rate: float = 1.0
    mode: Literal["fast", "safe"] = "safe"
    point: Literal["1.2", "1'2"] = "1.2"
    names: str | list[str] = "Name"
    flag: bool = False
    tags: tuple[str, ...] = ()
    login: Login = Login()
    logins: list[Login] = Field(default_factory=list)
    odd: str = ""

    @field_validator("odd")
    @classmethod
    def _odd(cls, value: str) -> str:
        if value == "crash":
            raise ZeroDivisionError("an outsider's bug")
        if value:
            raise ValueError(f"{value!r} will not do")
        return value

    @model_validator(mode="after")
    def _together(self) -> OutsiderSettings:
        if self.size == 99 and self.flag:
            raise ValueError("99 goes without the flag")
        return self


class OutsiderOptions(BaseModel):
    model_config = ConfigDict(extra="forbid")
    rows: int = Field(5, ge=0)
    owner: str = "nobody"


def outsider(*, sandbox: bool = True) -> Connector:
    played = Sandbox(
        OutsiderOptions, lambda state, options: None, lambda origin, options: {"token": "played"}
    )
    streams = (Stream("things", {"id": StreamField(TEXT)}),)
    return Connector("outsider", OutsiderSettings, streams, _never_opened, played if sandbox else None)


def _never_opened(settings: OutsiderSettings, context: Context) -> NoReturn:
    raise AssertionError("reading files opens no system")


def system_of(folder: Path, written: str) -> tuple[Config, SystemConfig]:
    """The system `left`, its own settings written as the inside of a flow mapping."""
    config = load(folder, CONFIG.replace("{connector: outsider}", "{" + written + "}", 1))
    return config, config.systems["left"]


def checked(folder: Path, written: str, **options: Any) -> Diagnostics:
    """What `sync check` reports for that system."""
    from engine.config import load_config

    diagnostics = Diagnostics()
    path = lay(folder, CONFIG.replace("{connector: outsider}", "{" + written + "}", 1), PACK)
    config = load_config(path, diagnostics)
    assert config is not None
    check_settings(config, config.systems["left"], outsider(**options), diagnostics)
    return diagnostics
