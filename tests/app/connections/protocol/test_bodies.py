"""Bodies, in pieces or not."""

import pytest

from tests.support.one_connection import (
    App,
    Run,
    served,
)


@pytest.mark.parametrize("chunked", [True, False])
def test_a_body_in_pieces_arrives_whole(run: Run, chunked: bool) -> None:
    body = bytes(range(256)) * 400
    if chunked:
        head = b"Transfer-Encoding: chunked\r\n\r\n"
        sent = head + b"".join(b"1\r\n%b\r\n" % bytes([byte]) for byte in body) + b"0\r\n\r\n"
    else:
        sent = b"Content-Length: %d\r\n\r\n%b" % (len(body), body)

    async def main() -> None:
        app = App()
        async with served(app) as (connect, _):
            reader, writer = await connect()
            for _ in range(2):
                writer.write(b"POST /quick HTTP/1.1\r\nHost: x\r\n" + sent)
            for _ in range(2):
                await reader.readuntil(b"content-length: %d\r\n\r\n" % len(body))
                assert await reader.readexactly(len(body)) == body

    run(main)
