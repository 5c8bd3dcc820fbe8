"""One worker: a process that gets ready, answers one request, and ends."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import tempfile
import traceback
from collections.abc import Callable

from . import progress
from .channel import CHANNEL_CLOSED_STATUS, Channel, ChannelClosed, Message
from .failures import describe, is_out_of_memory
from .faults import FaultReport
from .limits import limit_processor_time, limit_worker
from .sandbox import confine
from .streams import flush_standard_streams, redirect_standard_streams

Entry = Callable[[Message], Message]


def load_entry(settings: Message) -> Entry:
    """The function that answers requests; `settings` names it, `module:function`, and where to find it."""
    sys.path.extend(settings["import_path"])
    module, _, function = settings["entry"].partition(":")
    entry: Entry = getattr(importlib.import_module(module), function)
    return entry


def work(channel: Channel, output_fd: int, job: Message, settings: Message, entry: Entry) -> None:
    """Get ready, say so, answer one request. Does not return.

    `output_fd` is where prints go. `job` holds `scratch`, the only folder that may be written, and `gpu`.
    """
    own_pid = os.getpid()
    status = 0
    try:
        redirect_standard_streams(output_fd)
        os.environ["TMPDIR"] = tempfile.tempdir = job["scratch"]
        faults = FaultReport(job["scratch"])
        sandbox = _get_ready(job, settings)
        channel.send({"ready": {"sandbox": sandbox}})
        request = channel.receive()["request"]
        timeout = float(request["timeout"])
        progress.connect(lambda step: channel.send({"progress": step}))
        limit_processor_time(timeout)
        faults.expect_end_in(timeout)
        result = _explain_denial(_answer(entry, request), sandbox)
        flush_standard_streams()
        if os.getpid() == own_pid:  # a process that the user's code forked may come back to here too
            _send_result(channel, result)
    except ChannelClosed:
        status = CHANNEL_CLOSED_STATUS
    except BaseException:
        traceback.print_exc()  # what the owner shows of a worker that does not get ready
        flush_standard_streams()
        status = 1
    finally:
        os._exit(status)  # neither threads that never end nor the user's exit handlers are waited for


def _get_ready(job: Message, settings: Message) -> str:
    """Take limits and confinement, and pay ahead what a first backward costs. Returns the sandbox's name."""
    if job["gpu"]:
        _start_gpu()
    else:
        os.environ["CUDA_VISIBLE_DEVICES"] = ""
    limit_worker(settings)
    sandbox = "none: switched off"
    if settings["sandbox"]:
        sandbox = confine(job["scratch"], protected=(os.getppid(), settings["owner"]))
    import torch

    from .threads import use_one_thread

    use_one_thread()
    logits = torch.zeros(2, 3, requires_grad=True)
    torch.nn.functional.cross_entropy(logits, torch.tensor([0, 1])).backward()  # type: ignore[no-untyped-call]
    return sandbox


def _start_gpu() -> None:
    """Make the CUDA context before confinement: the driver opens devices and sockets for it."""
    import torch

    # without a usable GPU after all, whoever asks for it is told by torch
    with contextlib.suppress(RuntimeError, AssertionError):
        torch.zeros(1, device="cuda")


def _answer(entry: Entry, request: Message) -> Message:
    """Run the entry. What it lets escape, SystemExit and KeyboardInterrupt included, becomes an outcome."""
    try:
        return entry(request)
    except BaseException as error:
        outcome = "out-of-memory" if is_out_of_memory(error) else "raised"
        return {"outcome": outcome, "error": describe(error)}


def _explain_denial(result: Message, sandbox: str) -> Message:
    """Say where a PermissionError comes from: the user's own rights are seldom the reason here."""
    error = result.get("error")
    if isinstance(error, str) and error.startswith("PermissionError") and not sandbox.startswith("none"):
        result["error"] = f"{error} (the probe's sandbox: no writes outside its scratch folder, no network)"
    return result


def _send_result(channel: Channel, result: Message) -> None:
    try:
        channel.send({"result": result})
    except (TypeError, ValueError, RecursionError) as error:
        text = f"the result cannot be sent: {describe(error)}"
        channel.send({"result": {"outcome": "crashed", "error": text}})
