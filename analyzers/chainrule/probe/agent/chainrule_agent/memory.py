"""How much memory a run takes at its peak, on top of what was there before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch.multiprocessing.reductions import StorageWeakRef
from torch.utils._python_dispatch import TorchDispatchMode


class _Storages(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Adds up, after every operator, the memory of the tensors that operators have made and that live still.

    What a kernel allocates and frees within itself is not seen.
    """

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """torch asks this before it wraps the mode for its compiler, which takes a second to import."""
        return False

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.peak = 0
        self._before: set[int] = set()
        self._made: dict[int, tuple[StorageWeakRef, int]] = {}

    def __torch_dispatch__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        for storage in _storages((args, kwargs or {})):
            if storage._cdata not in self._made:
                self._before.add(storage._cdata)
        result = func(*args, **(kwargs or {}))
        for key in [key for key, (made, _) in self._made.items() if made.expired()]:  # type: ignore[no-untyped-call]
            del self._made[key]
        for storage in _storages(result):
            if storage._cdata not in self._before:
                known = StorageWeakRef(storage)  # type: ignore[no-untyped-call]
                self._made[storage._cdata] = (known, storage.nbytes())
        self.peak = max(self.peak, sum(size for _, size in self._made.values()))
        return result


def _storages(value: Any) -> Iterator[torch.UntypedStorage]:
    if isinstance(value, torch.Tensor):
        if value.layout == torch.strided:
            yield value.untyped_storage()
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _storages(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _storages(item)


@contextmanager
def watching_memory(device: torch.device) -> Iterator[Callable[[], int | None]]:
    """Gives a function that says, after the block, how many bytes it took at its peak; None where torch
    does not count them (MPS)."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
        before = torch.cuda.memory_allocated(device)
        torch.cuda.reset_peak_memory_stats(device)
        yield lambda: int(torch.cuda.max_memory_allocated(device)) - before
    elif device.type == "cpu":
        storages = _Storages()
        with storages:
            yield lambda: storages.peak
    else:
        yield lambda: None
