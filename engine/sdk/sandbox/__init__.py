"""A kit for simulating a system on this machine: its API over real HTTP on loopback, its records in one file.

A sandbox brings its system's own rules: routes, validation, seed data. The kit has what every sandbox needs:

- `SandboxApp` puts faults, a request log and the control requests (`/_sandbox/…`) around any ASGI app.
- `StateFile` keeps the system's records in SQLite. A second start finds what the first one left.
- `perform` and `perform_once` carry out a write. Its effect and its stored answer are one transaction, so a
  process killed at any moment leaves both or neither.
- `Clock` is the system's time. Tests move it forward, and a restart does not turn it back.
- `ExactJson` writes JSON without a float in it; `loads_object` reads it.
- `serving` serves the app on loopback.
- `SandboxOptions` is the base of what a config may choose.

A connector hands its sandbox to the engine as `Connector(sandbox=engine.sdk.Sandbox(…))`. Names are loaded
when first used: declaring a sandbox imports neither starlette nor uvicorn.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.sdk.sandbox.answers import Answer, KeyReusedError, Refused, perform, perform_once
    from engine.sdk.sandbox.app import SandboxApp
    from engine.sdk.sandbox.clock import Clock, milliseconds
    from engine.sdk.sandbox.control import ControlError, control_answer, control_object
    from engine.sdk.sandbox.exact_json import ExactJson, loads_object, shortest_number
    from engine.sdk.sandbox.faults import wait_for_fault
    from engine.sdk.sandbox.loopback import serving
    from engine.sdk.sandbox.options import HeaderText, SandboxOptions
    from engine.sdk.sandbox.pdf import tiny_pdf
    from engine.sdk.sandbox.state import StateFile, read_meta, write_meta

_MODULES = {
    "Answer": "answers",
    "Clock": "clock",
    "ControlError": "control",
    "ExactJson": "exact_json",
    "HeaderText": "options",
    "KeyReusedError": "answers",
    "Refused": "answers",
    "SandboxApp": "app",
    "SandboxOptions": "options",
    "StateFile": "state",
    "control_answer": "control",
    "control_object": "control",
    "loads_object": "exact_json",
    "milliseconds": "clock",
    "perform": "answers",
    "perform_once": "answers",
    "read_meta": "state",
    "serving": "loopback",
    "shortest_number": "exact_json",
    "tiny_pdf": "pdf",
    "wait_for_fault": "faults",
    "write_meta": "state",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(name)
    return getattr(import_module(f"engine.sdk.sandbox.{_MODULES[name]}"), name)


__all__ = [
    "Answer", "Clock", "ControlError", "ExactJson", "HeaderText", "KeyReusedError", "Refused",
    "SandboxApp", "SandboxOptions", "StateFile", "control_answer", "control_object", "loads_object",
    "milliseconds", "perform", "perform_once", "read_meta", "serving", "shortest_number",
    "tiny_pdf", "wait_for_fault", "write_meta",
]  # fmt: skip
