"""What this interpreter can do for the probe."""

from __future__ import annotations

import importlib.util
import os
import platform
import sys

from .channel import Message
from .failures import describe

OLDEST_TORCH = (2, 0)
GPU_DEVICE_FILES = ("/dev/nvidiactl", "/dev/nvidia0", "/dev/kfd", "/dev/dxg")
"""NVIDIA, ROCm, and either of them under WSL."""


def describe_interpreter() -> Message:
    """Import torch and say what was found.

    `{"executable", "python", "torch", "gpu"}`, or `{"executable", "python", "refused": reason}` with a
    reason of `missing`, `old` (then `torch` says which) or `broken` (then `error` says why).
    """
    found: Message = {"executable": sys.executable, "python": platform.python_version()}
    if importlib.util.find_spec("torch") is None:
        return {**found, "refused": "missing"}
    try:
        import torch
    except Exception as error:  # a broken installation raises anything: ImportError, OSError, RuntimeError
        return {**found, "refused": "broken", "error": describe(error)}
    version = str(torch.__version__)
    if _release(version) < OLDEST_TORCH:
        return {**found, "refused": "old", "torch": version}
    return {**found, "torch": version, "gpu": _gpu_is_likely()}


def _release(version: str) -> tuple[int, ...]:
    numbers = version.split("+")[0].split(".")[:2]
    return tuple(int("".join(filter(str.isdigit, number)) or 0) for number in numbers)


def _gpu_is_likely() -> bool:
    """Whether a worker should try to start CUDA, found out without touching the driver.

    A process that has asked CUDA anything can no longer fork workers that use it (CUDA and fork: PyTorch,
    "Multiprocessing best practices").
    """
    import torch

    built = bool(torch.version.cuda or getattr(torch.version, "hip", None))
    return built and (sys.platform == "win32" or any(map(os.path.exists, GPU_DEVICE_FILES)))
