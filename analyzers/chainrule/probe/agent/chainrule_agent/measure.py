"""Measure one loss: the door of the agent's own half. Everything here runs in the worker process."""

from __future__ import annotations

import math
import os
import platform
import sys
import time
from collections.abc import Mapping
from typing import Any

import torch

from .measurement import Measurement


def measure(request: Mapping[str, Any]) -> dict[str, Any]:
    """Run the loss that `request` names (see chainrule.probe.request) and say what its gradient does.

    Returns the `P` of `chainrule probe --format json`. Raises only when memory runs out; does not guard
    against a crash of the process, nor against code that does not end.
    """
    os.environ["TORCHDYNAMO_DISABLE"] = "1"
    started = time.perf_counter()
    result = _empty(request)
    before = list(sys.path)
    sys.path[:0] = [f for f in request.get("sys_path", []) if f not in sys.path]
    try:
        Measurement(request, result).go()
    finally:
        sys.path[:] = before
        torch.set_grad_enabled(True)
        result["seconds"] = round(time.perf_counter() - started, 4)
    plain: dict[str, Any] = _plain(result)
    return plain


def _empty(request: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "path": request["path"],
        "function": request["function"],
        "outcome": "ok",
        "error": None,
        "device": "cpu",
        "torch": torch.__version__,
        "python": platform.python_version(),
        "seconds": 0.0,
        "sandbox": None,
        "inputs": {"origin": "none", "arguments": {}},
        "loss": None,
        "sources": [],
        "cuts": [],
        "lines": [],
        "edges": [],
        "stdout": "",
    }


def _plain(value: Any) -> Any:
    """JSON has no NaN: numbers that are not finite become the strings "nan", "inf" and "-inf"."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
