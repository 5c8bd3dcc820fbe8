"""How many threads torch computes with.

On inputs as small as a probe's, handing work to other threads costs more than the work; where the machine is
busy, a softmax of twenty numbers waits for milliseconds.
"""

from __future__ import annotations

import torch

_usual = 0
"""0 as long as nothing was changed."""


def use_one_thread() -> None:
    """Compute on the calling thread alone; call it before torch has started others."""
    global _usual
    _usual = _usual or torch.get_num_threads()
    torch.set_num_threads(1)


def use_usual_threads() -> None:
    """Compute as torch would have by itself."""
    if _usual:
        torch.set_num_threads(_usual)
