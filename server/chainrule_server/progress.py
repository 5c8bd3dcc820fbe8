"""Work-done progress that the user can cancel."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from chainrule_server.server import ChainruleServer

Report = Callable[[str], None]


@asynccontextmanager
async def progress(
    ls: ChainruleServer, title: str, token: types.ProgressToken | None, cancel: Callable[[], None]
) -> AsyncIterator[Report]:
    """Show `title` while the block runs; the value reports a new message, from any thread.

    `token` is the client's own, if it sent one with the request; else one is created where the client can
    show progress. `cancel` is called when the user cancels.
    """
    token = token if token is not None else await _created(ls)
    if token is None:
        yield lambda message: None
        return
    begin = types.WorkDoneProgressBegin(title, cancellable=True)
    ls.work_done_progress.begin(token, begin)
    # Nothing but a cancel of the user ever finishes this future.
    ls.work_done_progress.tokens[token].add_done_callback(lambda _: cancel())
    loop = asyncio.get_running_loop()

    def send(message: str) -> None:
        if token in ls.work_done_progress.tokens:
            ls.work_done_progress.report(token, types.WorkDoneProgressReport(message=message))

    try:
        yield lambda message: _soon(loop, send, message)
    finally:
        ls.work_done_progress.end(token, types.WorkDoneProgressEnd())
        # pygls keeps the tokens of everything that ever was in progress.
        ls.work_done_progress.tokens.pop(token, None)


async def _created(ls: ChainruleServer) -> types.ProgressToken | None:
    if not ls.client.progress:
        return None
    token = str(uuid.uuid4())
    try:
        await ls.work_done_progress.create_async(token)
    except JsonRpcException:
        return None
    return token


def _soon(loop: asyncio.AbstractEventLoop, send: Callable[[str], None], message: str) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(send, message)
