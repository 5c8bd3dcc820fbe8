"""Names for what goes wrong in a worker."""

from __future__ import annotations


def is_out_of_memory(error: BaseException) -> bool:
    """Whether `error` is a refused allocation: Python's, torch's on a device, or torch's CPU allocator's.

    The CPU allocator raises a plain RuntimeError, so its text decides (c10/core/impl/alloc_cpu.cpp and
    c10/core/CPUAllocator.cpp: "DefaultCPUAllocator: can't allocate memory", "not enough memory").
    """
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    text = describe(error)
    return isinstance(error, RuntimeError) and (
        ("DefaultCPUAllocator" in text and "memory" in text) or "out of memory" in text
    )


def describe(error: BaseException) -> str:
    """`error` as one text, `Type: message`, even when its own `__str__` raises."""
    name = type(error).__name__
    try:
        text = str(error)
    except Exception as second:
        text = f"<its message cannot be shown: {type(second).__name__}>"
    return f"{name}: {text}" if text else name
