"""The table says about every layer and loss of torch.nn what autograd does with a call of it."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.nn.modules.lazy import LazyModuleMixin
from torch.testing._internal.common_modules import ModuleInfo, module_db
from torch.utils._pytree import tree_map

from chainrule.gradient_facts import Gradient, lookup
from gradient_facts.autograd_watch import best, outputs, through

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.mark.parametrize("info", module_db, ids=lambda info: info.module_cls.__name__)
def test_table_says_what_autograd_does(info: ModuleInfo) -> None:
    constructor = lookup(f"torch.nn.{info.module_cls.__name__}")
    assert constructor is not None and constructor.builds is not None
    if issubclass(info.module_cls, LazyModuleMixin):
        return
    call = lookup(constructor.builds)
    assert call is not None
    seen: dict[int, list[list[Gradient]]] = {}
    for sample in info.module_inputs_func(info, "cpu", torch.float64, False, True)[:4]:
        if sample.forward_input is None:
            continue
        torch.manual_seed(0)
        module = info.module_cls(*sample.constructor_input.args, **sample.constructor_input.kwargs).double()
        leaves = list(module.parameters())

        def fresh(value: Any, leaves: list[torch.Tensor] = leaves) -> Any:
            if not isinstance(value, torch.Tensor) or not value.is_floating_point():
                return value
            leaves.append(value.detach().clone().requires_grad_())
            return leaves[-1].clone()

        arguments, keywords = sample.forward_input.args, sample.forward_input.kwargs
        try:
            made = module(*tree_map(fresh, arguments), **tree_map(fresh, dict(keywords)))
        except RuntimeError as error:
            assert "grad" in str(error) or "differentia" in str(error)  # a target that may not require grad
            made = module(fresh(arguments[0]), *arguments[1:], **keywords)
        found = [through(output, leaves) for output in outputs(made)]
        seen.setdefault(len(found), []).append(found)
    for found in seen.values():
        together = [best(column) for column in zip(*found, strict=True)]
        told = [[output.gradient for output in o.outputs] for o in (call, *call.overloads)]
        assert together in told
