"""Names that other packages do not promise, of which the service depends.

See tests/rag_stream/test_private_names.py, which does the same for the template.
"""

from importlib.resources import files

import pytest

from tests.support.private_names import Use, problem_of, unbounded, unlisted, unused

_HANDLER = "app/routes/langserve.py"
_ASSETS = "app/playground/assets.py"
_LOG = "app/streaming/stream_log.py"
_REDIS = "app/runs/redis/connections.py"
_API = "langserve.api_handler:APIHandler"
_PROTOCOL = "app/connections/protocol.py"
_CONNECTION = "uvicorn.protocols.http.httptools_impl:HttpToolsProtocol"
_CYCLE = "uvicorn.protocols.http.httptools_impl:RequestResponseCycle"
_ASKED_WITH = ("request", "config_hash", "server_config")

USES = [
    # Its place is taken by `RagHandler`, whose methods LangServe's routes then call.
    Use("langserve.server:APIHandler", "app/server.py", ("runnable",)),
    Use(f"{_API}.invoke", _HANDLER, _ASKED_WITH),
    Use(f"{_API}.batch", _HANDLER, _ASKED_WITH),
    Use(f"{_API}.stream", _HANDLER, _ASKED_WITH),
    Use(f"{_API}.stream_log", _HANDLER, _ASKED_WITH),
    Use(f"{_API}.astream_events", _HANDLER, _ASKED_WITH),
    Use(f"{_API}.playground", _HANDLER, ("file_path", "request", "config_hash")),
    Use(f"{_API}._runnable", _HANDLER),
    Use(f"{_API}._base_url", _HANDLER),
    Use(f"{_API}._run_name", _HANDLER),
    Use(f"{_API}._astream_events_version", _HANDLER),
    Use(f"{_API}._config_keys", _HANDLER),
    Use("langserve.api_handler:_strip_internal_keys", _HANDLER),
    Use("langserve.playground:_get_mimetype", _ASSETS),
    Use("langserve.playground:PlaygroundTemplate.substitute", _ASSETS),
    Use("sse_starlette.sse:unpatch_uvicorn_signal_handler", "app/server.py"),
    Use(
        "langchain_core.runnables:Runnable._atransform_stream_with_config",
        "app/playground/text_view.py",
        ("config", "run_type"),
    ),
    Use(
        "langchain_core.tracers.log_stream:LogStreamCallbackHandler",
        _LOG,
        ("auto_close", "_schema_format", "include_names", "exclude_names"),
    ),
    Use("langchain_core.tracers.log_stream:LogStreamCallbackHandler.send", _LOG),
    Use("langchain_core.tracers.log_stream:LogStreamCallbackHandler.send_stream", _LOG),
    Use("langchain_core.tracers.memory_stream:_SendStream.aclose", _LOG),
    Use(f"{_CONNECTION}._unset_keepalive_if_required", _PROTOCOL),
    # Overridden, or read: under another name they would never be called.
    Use(f"{_CONNECTION}.data_received", _PROTOCOL, ("data",)),
    Use(f"{_CONNECTION}.on_message_begin", _PROTOCOL),
    Use(f"{_CONNECTION}.on_url", _PROTOCOL, ("url",)),
    Use(f"{_CONNECTION}.on_header", _PROTOCOL, ("name", "value")),
    Use(f"{_CONNECTION}.on_headers_complete", _PROTOCOL),
    Use(f"{_CONNECTION}.on_body", _PROTOCOL, ("body",)),
    Use(f"{_CONNECTION}.on_message_complete", _PROTOCOL),
    Use(f"{_CONNECTION}.on_response_complete", _PROTOCOL),
    Use(f"{_CONNECTION}.cycle", _PROTOCOL),
    Use(f"{_CONNECTION}.pipeline", _PROTOCOL),
    Use(f"{_CONNECTION}.flow", _PROTOCOL),
    Use(f"{_CONNECTION}.app_state", _PROTOCOL),
    Use("uvicorn.protocols.http.httptools_impl:STATUS_LINE", "app/connections/bare_http.py"),
    Use(f"{_CYCLE}.response_complete", _PROTOCOL),
    Use(f"{_CYCLE}.response_started", _PROTOCOL),
    Use(f"{_CYCLE}.disconnected", _PROTOCOL),
    Use(f"{_CYCLE}.message_event", _PROTOCOL),
    Use(f"{_CYCLE}.keep_alive", _PROTOCOL),
    Use(f"{_CONNECTION}.connection_lost", _PROTOCOL, ("exc",)),
    Use("uvicorn.protocols.http.flow_control:FlowControl.pause_reading", _PROTOCOL),
    Use("uvicorn.protocols.http.flow_control:FlowControl.resume_reading", _PROTOCOL),
    Use("uvicorn.supervisors:Multiprocess", "app/cli.py", ("config", "sockets")),
    Use("uvicorn.supervisors:Multiprocess.run", "app/cli.py"),
    Use("redis.asyncio.connection:parse_url", _REDIS),
    Use("redis.asyncio:ConnectionPool.make_connection", _REDIS),
    Use("redis.asyncio:Connection.is_connected", _REDIS),
    Use("redis.asyncio:Connection.send_command", _REDIS),
    Use("redis.asyncio:Connection.read_response", _REDIS, ("timeout", "disconnect_on_error")),
    Use("redis.asyncio:Connection.disconnect", _REDIS, ("nowait",)),
]


@pytest.mark.parametrize("use", USES, ids=str)
def test_the_name_is_there_and_takes_what_it_is_given(use: Use) -> None:
    assert problem_of(use) is None


def test_every_private_name_is_listed() -> None:
    assert unlisted(["app"], USES) == []


def test_every_listed_name_is_used() -> None:
    assert unused(USES) == []


def test_their_packages_have_upper_bounds() -> None:
    assert unbounded(USES) == []


@pytest.mark.parametrize("name", ["playground", "chat_playground"])
def test_the_playgrounds_page_is_where_it_was(name: str) -> None:
    page = files("langserve") / name / "dist" / "index.html"
    assert "____LANGSERVE_BASE_URL" in page.read_text()
