"""What one probe may use."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    timeout: float = 20.0
    """Seconds from handing over the request to its result, where the request itself sets none."""
    startup: float = 120.0
    """Seconds that an interpreter may take to import torch."""
    memory: int = 8192 * MIB
    """Bytes of memory on top of what torch itself takes (not the GPU's)."""
    file_size: int = 1024 * MIB
    """Bytes in one file of the scratch folder."""
    scratch: int = 2048 * MIB
    """Bytes in all files that one probe may have at a time."""
    processes: int = 64
    """Processes that the probed code may have at a time, its own included."""
    output: int = 64 * 1024
    """Bytes of prints that are kept; more is read and dropped."""
    idle: float = 300.0
    """Seconds without a probe after which the warm processes end and give their memory back."""
    sandbox: bool = True
    """Deny writes outside the scratch folder, and the network, where the platform can."""
