"""What the engine's tests run in a worker: each function is one program."""

from __future__ import annotations

import ctypes
import os
import sys
from typing import Any

import torch

Request = dict[str, Any]


def run(request: Request) -> Request:
    """The entry of these tests: runs the program that the request names."""
    return {"outcome": "ok", "error": None, "value": globals()[request["program"]](request)}


def trivial_loss(request: Request) -> float:
    logits = torch.zeros(4, 10, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(logits, torch.tensor([1, 2, 3, 4]))
    loss.backward()
    assert logits.grad is not None
    return float(logits.grad.norm())


def infinite_loop(request: Request) -> None:
    while True:
        pass


def exit_now(request: Request) -> None:
    os._exit(3)


def segfault(request: Request) -> None:
    ctypes.string_at(0)


def greet(request: Request) -> None:
    print("from Python")
    print("from Python's stderr", file=sys.stderr)
    os.write(1, b"from descriptor 1\n")
    ctypes.CDLL(None).puts(b"from C")
