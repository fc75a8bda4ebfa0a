"""The gate before every accounting call: sign-in, scope, limits, idempotency.

Facts: connectors/xero/API.md, 2, 3, 4 and 13.
"""

from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from connectors.xero.sandbox.options import XeroSandboxOptions
from connectors.xero.sandbox.protocol.call import NO_SUCH_ADDRESS, TEXT, Call, Handler
from connectors.xero.sandbox.protocol.dates import read_since
from connectors.xero.sandbox.protocol.envelope import error, new_id, not_implemented, with_hyphens
from connectors.xero.sandbox.server import idempotency
from connectors.xero.sandbox.server.auth import Auth, Client, problem
from connectors.xero.sandbox.server.endpoints import Endpoint, Named, find_endpoint, not_simulated
from connectors.xero.sandbox.server.limits import Limited, Limits
from engine.sdk.sandbox import Answer, Clock, Refused, StateFile, wait_for_fault

NO_JSON_ASKED = (
    b"<ApiException><ErrorNumber>20</ErrorNumber><Type>ApiMethodNotImplementedException</Type>"
    b"<Message>XML: not simulated by this sandbox; send Accept: application/json</Message>"
    b"</ApiException>"
)
# The FAQ spells it so (connectors/xero/API.md, 2).
SCOPE_CHALLENGE = {"WWW-Authenticate": 'Bearer error="insufficent_scope"'}


@dataclass(slots=True)
class Gate:
    state: StateFile
    options: XeroSandboxOptions
    clock: Clock
    auth: Auth
    limits: Limits

    async def __call__(self, request: Request) -> Response:
        """Order matters: calls without a token are not counted; limits come before the idempotency key."""
        endpoint, named = find_endpoint(request.path_params["path"])
        try:
            client = await run_in_threadpool(self.auth.client, request.headers.get("authorization"))
        except Refused as refusal:
            return _response(refusal.answer)
        if endpoint is not None and not client.may(endpoint.scope, request.method):
            return _response(problem(401, "Unauthorized", "AuthorizationUnsuccessful"), SCOPE_CHALLENGE)
        tenant = with_hyphens(request.headers.get("xero-tenant-id", "")).lower()
        if tenant != self.options.tenant_id.lower() or not await run_in_threadpool(self.auth.is_connected):
            return _response(problem(403, "Forbidden", "AuthenticationUnsuccessful"))
        limited = self.limits.enter()
        if limited is not None:
            return _response(Answer(429), {**_limit_headers(limited), **self.limits.headers()})
        try:
            # Read before the wait: what has arrived is carried out even if the client gives up meanwhile.
            body = await request.body()
            # Counted while it waits: only so can a test have five calls in hand at once.
            await wait_for_fault(request.scope)
            answer = await self._answer(request, endpoint, named, client, body)
        except ClientDisconnect:
            # The client is gone, and half a request must have no effect.
            answer = Answer(400)
        finally:
            self.limits.leave()
        return _response(answer, self.limits.headers())

    async def _answer(
        self, request: Request, endpoint: Endpoint | None, named: Named, client: Client, body: bytes
    ) -> Answer:
        if endpoint is None and (name := not_simulated(request.path_params["path"])):
            return not_implemented(f"{name}: not simulated by this sandbox")
        if endpoint is None or len(request.url.query) > self.options.query_characters:
            return NO_SUCH_ADDRESS
        handler = endpoint.methods.get(request.method)
        if handler is None:
            return not_implemented()
        accepted = request.headers.get("accept", "").lower()
        if request.method == "GET" and endpoint.printed is not None and "application/pdf" in accepted:
            handler = endpoint.printed
        elif "application/json" not in accepted:
            return Answer(501, NO_JSON_ASKED, "text/xml; charset=utf-8")
        if len(body) > self.options.request_bytes:
            return Answer(413, b"The request is too large", TEXT)
        kind = request.headers.get("content-type", "json").lower()
        if body and "json" not in kind and "xml" not in kind:
            return error(14, "PostDataInvalidException", "Only JSON and XML are read by this sandbox")
        return await run_in_threadpool(self._perform, request, handler, named, client, body)

    def _perform(
        self, request: Request, handler: Handler, named: Named, client: Client, body: bytes
    ) -> Answer:
        writes = request.method != "GET"
        with self.state.writing() if writes else self.state.reading() as tx:
            call = Call(
                tx=tx,
                options=self.options,
                now_ms=self.clock.now_ms(),
                client_id=client.client_id,
                method=request.method,
                key=with_hyphens(named.get("key", "")),
                inner=with_hyphens(named.get("inner", "")),
                query=_query(request),
                since_ms=None if writes else read_since(request.headers.get("if-modified-since")),
                body=body,
            )
            if not writes:
                return _read(handler, call)
            address = f"{request.url.path}?{request.url.query}"
            key = request.headers.get("idempotency-key") if request.method in idempotency.METHODS else None
            return idempotency.write(handler, call, key, address)


def _read(handler: Handler, call: Call) -> Answer:
    try:
        return handler(call)
    except Refused as refusal:
        return refusal.answer


def _query(request: Request) -> dict[str, str]:
    """Query parameters; `IDs=a&IDs=b`, as some clients spell it, is `IDs=a,b`."""
    params = request.query_params
    return {name: ",".join(params.getlist(name)) for name in params}


def _limit_headers(limited: Limited) -> dict[str, str]:
    headers = {"X-Rate-Limit-Problem": limited.problem}
    if limited.retry_after is not None:
        headers["Retry-After"] = str(limited.retry_after)
    return headers


def _response(answer: Answer, headers: dict[str, str] | None = None) -> Response:
    response = Response(answer.body, answer.status, {"Xero-Correlation-Id": new_id(), **(headers or {})})
    if answer.content_type is not None:
        response.headers["content-type"] = answer.content_type
    return response
