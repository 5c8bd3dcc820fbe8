"""Run a call on a GPU: choose it, move everything there, compare it with the CPU."""

from __future__ import annotations

import copy
from typing import Any

import torch

from .program import Call, Program
from .trace.values import is_record


class NoDevice(Exception):
    """The device that was asked for is not there. The message is for the user."""


def choose_device(wanted: str) -> torch.device:
    """`auto` is CUDA, else MPS, else the CPU. Raises NoDevice for one that this torch cannot use."""
    if wanted == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda", torch.cuda.current_device())
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(wanted)
    except RuntimeError:
        device = torch.device("meta")
    if device.type not in ("cpu", "cuda", "mps"):
        raise NoDevice(f"{wanted} is no device to probe on; use auto, cpu, cuda, cuda:N or mps.")
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise NoDevice(f"{wanted} was asked for, and this torch ({torch.__version__}) sees {_count()}.")
    if device.type == "mps" and not torch.backends.mps.is_available():
        raise NoDevice(f"mps was asked for, and this torch ({torch.__version__}) cannot use it here.")
    return device


def _count() -> str:
    count = torch.cuda.device_count()
    return f"{count} CUDA devices" if count else "no CUDA device"


def move(call: Call, program: Program, device: torch.device) -> Call:
    """The same call with its object, its arguments and the module's tensors on the device."""
    for name, value in list(program.module.__dict__.items()):
        if isinstance(value, (torch.Tensor, torch.nn.Module)):
            program.module.__dict__[name] = moved(value, device)
    if isinstance(call.instance, torch.nn.Module):
        _move_module(call.instance, device)
    elif is_record(call.instance):
        for name, value in list(vars(call.instance).items()):
            object.__setattr__(call.instance, name, moved(value, device))
    positional = tuple(moved(v, device) for v in call.positional)
    named = {k: moved(v, device) for k, v in call.named.items()}
    bound = program.signature().bind(*positional, **named)
    return Call(call.function, dict(bound.arguments), positional, named, call.instance)


def _move_module(module: torch.nn.Module, device: torch.device) -> torch.nn.Module:
    """In place, with the tensors that are neither parameters nor buffers."""
    for each in module.to(device).modules():
        for name, value in list(vars(each).items()):
            if isinstance(value, torch.Tensor):
                setattr(each, name, moved(value, device))
    return module


def moved(value: Any, device: torch.device) -> Any:
    """A tensor, a module (in place), a container or a plain object of them, on the device; leaves stay
    leaves."""
    if isinstance(value, torch.nn.Module):
        return _move_module(value, device)
    if isinstance(value, torch.Tensor):
        if value.device == device:
            return value
        return value.detach().to(device).requires_grad_(value.requires_grad)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*[moved(item, device) for item in value])
    if type(value) in (list, tuple):
        return type(value)([moved(item, device) for item in value])
    if isinstance(value, dict):
        return type(value)((key, moved(item, device)) for key, item in value.items())
    if is_record(value):
        twin = copy.copy(value)
        for name, item in vars(value).items():
            object.__setattr__(twin, name, moved(item, device))
        return twin
    return value


def synchronize(device: torch.device) -> None:
    """Wait until the device has done what it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()


def largest_difference(
    ours: dict[str, torch.Tensor | None], cpu: dict[str, torch.Tensor | None]
) -> float | None:
    """The largest difference of a gradient from the CPU's, relative to the CPU's norm; None without any in
    common."""
    found = []
    for name, gradient in ours.items():
        other = cpu.get(name)
        if gradient is None or other is None:
            continue
        gap = (gradient.detach().cpu().to_dense() - other.to_dense()).double().norm()
        found.append(float(gap / other.double().norm().clamp(min=1e-12)))
    return max(found) if found else None
