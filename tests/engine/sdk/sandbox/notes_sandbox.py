"""A third sandbox, as an outsider would write it: a system that keeps notes, with an Idempotency-Key."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from pydantic import Field
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.sdk.sandbox import (
    Answer,
    Clock,
    ControlError,
    ExactJson,
    HeaderText,
    KeyReusedError,
    Refused,
    SandboxApp,
    SandboxOptions,
    StateFile,
    control_answer,
    control_object,
    loads_object,
    perform_once,
    wait_for_fault,
)

JSON = ExactJson()
MIGRATIONS = ("CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT NOT NULL)",)


class NotesOptions(SandboxOptions):
    token: HeaderText = Field("sandbox", description="The bearer token.")
    replay_seconds: int = Field(60, ge=0, le=3600, description="Seconds that an answer is kept.")


def create_app(state: Path, options: NotesOptions, *, app_waits: bool = False) -> SandboxApp:
    file = StateFile(state, MIGRATIONS)
    with closing(file):
        clock = Clock(file)
    notes = Notes(file, clock, options)
    system = Starlette(routes=[Route("/api/notes", notes.answer, methods=["GET", "POST"])])
    return SandboxApp(
        system,
        state=file,
        clock=clock,
        base="/api",
        controls=[Route("/notes", notes.add, methods=["POST"])],
        unavailable={"error": "down for maintenance"},
        app_waits=app_waits,
    )


class Notes:
    def __init__(self, file: StateFile, clock: Clock, options: NotesOptions) -> None:
        self._file, self._clock, self._options = file, clock, options
        self.in_hand = 0

    async def answer(self, request: Request) -> Response:
        self.in_hand += 1
        await wait_for_fault(request.scope)
        in_hand, self.in_hand = self.in_hand, self.in_hand - 1
        if request.method == "GET":
            with self._file.reading() as tx:
                notes = [row["body"] for row in tx.execute("SELECT body FROM notes ORDER BY id")]
            return Response(JSON.to_bytes({"notes": notes, "in_hand": in_hand}))
        body, key = await request.body(), request.headers.get("idempotency-key", "")
        with self._file.writing() as tx:

            def write() -> Answer:
                text = loads_object(body)["text"]
                tx.execute("INSERT INTO notes (body) VALUES (?)", (text,))
                if not text:
                    raise Refused(Answer(400, b"empty"))
                return Answer(201, text.encode())

            try:
                answer = perform_once(
                    tx,
                    write,
                    key=key,
                    request=body,
                    now_ms=self._clock.now_ms(),
                    keep_seconds=self._options.replay_seconds,
                )
            except KeyReusedError:
                answer = Answer(409)
        return Response(answer.body, answer.status, media_type=answer.content_type)

    async def add(self, request: Request) -> Response:
        text = (await control_object(request, "text"))["text"]
        if not isinstance(text, str):
            raise ControlError("text must be text", 422)
        with self._file.writing() as tx:
            tx.execute("INSERT INTO notes (body) VALUES (?)", (text,))
        return control_answer({"added": text}, 201)
