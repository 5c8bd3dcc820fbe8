"""Parameters are called what torch calls them."""

from __future__ import annotations

import inspect
import textwrap
from typing import Any

import pytest
from torch import nn

from chainrule.analysis import Analyzer
from chainrule.flow.operations.objects import learns
from chainrule.flow.operations.parameter_names import first_parameter

PROGRAM = textwrap.dedent("""
    import torch
    from torch import nn


    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.lin = nn.Linear(3, 3)
            self.scale = nn.Parameter(torch.ones(3))
            self.more = nn.ModuleList()
            for _ in range(2):
                self.more.append(nn.Linear(3, 3))

        def forward(self, x):
            return self.more[0](self.lin(x)) * self.scale


    def body():
        layers = nn.Sequential(nn.Linear(3, 3), nn.ReLU(), Block())
        return layers


    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.gates = nn.ModuleList([nn.Linear(3, 3) for _ in range(2)])
            self.heads = nn.ModuleDict({"a": nn.Linear(3, 3), "b": Block()})
            self.rnn = nn.LSTM(3, 3)
            self.body = body()

        def forward(self, x, y):
            h = sum(gate(x) for gate in self.gates)
            h, _ = self.rnn(self.heads["b"](self.heads["a"](h)))
            return (self.body(h).detach() - y).pow(2).mean()


    net, head = body(), Block()
    model = Net()
    optimizer = torch.optim.SGD([*net.parameters(), *head.parameters()], 0.1)
    for _ in range(2):
        x, y = torch.rand(4, 3), torch.rand(4, 3)
        loss = (head(net(x)).detach() - y).pow(2).mean().requires_grad_()
        optimizer.zero_grad()
        loss.backward()
""")


def test_names_are_those_of_named_parameters() -> None:
    space: dict[str, object] = {}
    exec(compile(PROGRAM, "program.py", "exec"), space)
    real = {
        f"{owner}.{name}"
        for owner, variable in (("self", "model"), ("net", "net"), ("head", "head"))
        for name, _ in space[variable].named_parameters()  # type: ignore[attr-defined]
    }
    findings = Analyzer().analyze(PROGRAM, "program.py").findings
    named = {source for each in findings for source in each.sources if "." in source}
    assert {"self.gates.0.weight", "self.heads.b.lin.weight", "self.body.2.more.0.weight"} <= named
    assert {"self.rnn.weight_ih_l0", "net.0.weight", "net.2.scale", "head.lin.weight"} <= named
    assert named <= real


# Their parameters are not followed: what counts is that they are losses.
LOSSES_THAT_LEARN = {"AdaptiveLogSoftmaxWithLoss", "LinearCrossEntropyLoss"}
FRAMES = {
    "Container",
    "Module",
    "DataParallel",
    "RNNBase",
    "RNNCellBase",
    "TransformerEncoder",
    "TransformerDecoder",
}
FRAMES |= {"Sequential", "ModuleList", "ModuleDict", "ParameterList", "ParameterDict"}
EXTRA: dict[str, dict[str, Any]] = {
    "FractionalMaxPool2d": {"output_size": 2},
    "FractionalMaxPool3d": {"output_size": 2},
    "InstanceNorm1d": {"affine": True},
    "InstanceNorm2d": {"affine": True},
    "InstanceNorm3d": {"affine": True},
}
LAYERS = sorted(
    name
    for name, each in vars(nn).items()
    if inspect.isclass(each) and issubclass(each, nn.Module) and not name.startswith("Lazy")
)


def _sizes(name: str) -> list[Any]:
    """What the constructor must be given: 2 for every size."""
    if name in ("RNN", "LSTM", "GRU"):
        return [2, 2]
    if name == "Unflatten":
        return [1, (2, 1)]
    given = inspect.signature(getattr(nn, name)).parameters.values()
    return [2 for each in given if each.default is each.empty and each.kind is each.POSITIONAL_OR_KEYWORD]


@pytest.mark.parametrize("name", [name for name in LAYERS if name not in FRAMES | LOSSES_THAT_LEARN])
def test_first_parameter_of_every_layer(name: str) -> None:
    made = getattr(nn, name)(*_sizes(name), **EXTRA.get(name, {}))
    names = [each for each, _ in made.named_parameters()]
    assert learns(f"torch.nn.{name}") == bool(names)
    if names:
        assert first_parameter(f"torch.nn.{name}") in names


def test_first_parameter_of_stacks() -> None:
    encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2), 1)
    decoder = nn.TransformerDecoder(nn.TransformerDecoderLayer(4, 2), 1)
    for stack in (encoder, decoder):
        name = first_parameter(f"torch.nn.{type(stack).__name__}")
        assert name in dict(stack.named_parameters())
