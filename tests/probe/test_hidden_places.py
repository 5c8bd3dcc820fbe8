"""The line that is named where code hides what it does: in hooks, buffers, layers and contexts."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from evidence_support import HEADER, cut_lines, probe, verdicts

MARK = "  # here"


def line_of(code: str) -> int:
    """The line of the mark, in the file that `probe` writes."""
    lines = (HEADER + textwrap.dedent(code).lstrip("\n")).split("\n")
    return next(number for number, line in enumerate(lines, 1) if line.endswith(MARK))


HALF_TRACKED = """
    @torch.no_grad()  # here
    def rollout(net, x):
        for _ in range(2):
            with torch.enable_grad():
                y = net(x)
            x = x + 0.1 * y
        return x

    def loss(net, x):
        return rollout(net, x).square().sum()
    """
HOOKED = """
    def loss(net, x):
        hidden = net(x)
        hidden.register_hook(torch.zeros_like)  # here
        return (hidden * 2).square().sum()
    """
DATA = """
    class Mixer(nn.Module):
        def __init__(self):
            super().__init__()
            self.mix = nn.Parameter(torch.ones(2))
            self.weight = nn.Parameter(torch.ones(3), requires_grad=False)

        def forward(self, x):
            self.weight.data = self.mix.sum() * torch.ones(3)  # here
            return (self.weight * x).sum()

    net = Mixer()
    def loss(x):
        return net(x)
    """
IN_A_LAYER = """
    layers = nn.Sequential(nn.Sigmoid(), nn.Dropout(0.5, inplace=True))

    def loss(x):
        first = (2 * x).exp()
        second = nn.ReLU(inplace=True)(first)  # here
        return (second * first.detach()).sum()
    """
BUFFER = """
    def loss(x):
        buffer = torch.zeros(3, 4)
        buffer[0] = x
        squared = buffer.square()
        buffer[1] = 2 * x  # here
        buffer[2] = 3 * x
        return squared.sum() + buffer.sum()
    """
STAND_IN = """
    def loss(x, scale):
        fresh = torch.ones_like(x, requires_grad=True)  # here
        return (fresh * scale).sum()
    """
PRODUCT = """
    def loss(logits):
        masked = logits.masked_fill(logits < logits.mean(), float("-inf"))
        total = 0.0
        for piece in masked.log_softmax(-1).unbind(0):
            total = total + (piece.exp() * piece).nan_to_num().sum()  # here
        return total
    """
STORED = """
    def loss(x, y):
        seen = {}
        for value in (x, y):
            part = value.square().sum()
            seen["sum"] = part  # here
        return seen["sum"]
    """
OWN_GRADIENT = """
    def loss(net, x):
        x = x.clone().requires_grad_()
        net(x).sum().backward()
        slope = x.grad  # here
        net.zero_grad()
        return slope.square().sum()
    """
EMPTY = """
    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.score, self.box = nn.Linear(3, 1), nn.Linear(3, 4)

        def boxes(self, x, found):
            if not found.any():
                return torch.zeros(())  # here
            return self.box(x[found]).abs().sum()

        def forward(self, x, found):
            return self.score(x).square().mean() + self.boxes(x, found)

    net = Head()
    def loss(x, found):
        return net(x, found)
    """
NET = "net=nn.Linear(3, 3), x=torch.rand(2, 3)"


@pytest.mark.parametrize(
    ("code", "inputs", "source", "verdict"),
    [
        pytest.param(HALF_TRACKED, NET, "net.weight", "cut", id="tracking is on for a while only"),
        pytest.param(HOOKED, NET, "net.weight", "zero", id="a hook"),
        pytest.param(DATA, "x=torch.rand(3)", "net.mix", "cut", id="data"),
        pytest.param(IN_A_LAYER, "x=torch.rand(3, requires_grad=True)", "x", "cut", id="a layer in place"),
        pytest.param(BUFFER, "x=torch.rand(4, requires_grad=True)", "x", "cut", id="the write that spoils"),
        pytest.param(
            STAND_IN, "x=torch.rand(4, requires_grad=True), scale=torch.rand(4)", "x", "unused", id="stand-in"
        ),
        pytest.param(
            PRODUCT, "logits=torch.randn(4, 6, requires_grad=True)", "logits", "nonfinite", id="parts"
        ),
        pytest.param(
            STORED,
            "x=torch.rand(4, requires_grad=True), y=torch.rand(4, requires_grad=True)",
            "x",
            "cut",
            id="written over",
        ),
        pytest.param(OWN_GRADIENT, NET, "net.weight", "cut", id="a gradient that was accumulated"),
        pytest.param(
            EMPTY, "x=torch.rand(2, 3), found=torch.zeros(2).bool()", "net.box.weight", "cut", id="a constant"
        ),
    ],
)
def test_it_is_named(code: str, inputs: str, source: str, verdict: str, tmp_path: Path) -> None:
    evidence = probe(code, "loss", tmp_path, inputs=inputs)
    assert verdicts(evidence)[source] == verdict
    if verdict != "unused":
        assert line_of(code) in {cut.line for cut in evidence.cuts if source in cut.sources}, cut_lines(
            evidence
        )


def test_what_a_hook_keeps_was_made_where_the_layers_ran(tmp_path: Path) -> None:
    code = """
    class Probe:
        def __init__(self, layer):
            self.kept = []
            layer.register_forward_hook(lambda *given: self.kept.append(given[-1]))

    net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
    tap = Probe(net[1])

    def loss(x):
        with torch.no_grad():  # here
            net(x)
        return tap.kept[-1].square().mean()
    """
    evidence = probe(code, "loss", tmp_path, inputs="x=torch.rand(2, 3)")
    assert verdicts(evidence)["net.0.weight"] == "cut"
    assert {cut.line for cut in evidence.cuts if "net.0.weight" in cut.sources} == {line_of(code)}


def test_an_argument_that_numpy_takes_is_data_where_layers_learn(tmp_path: Path) -> None:
    code = """
    class Regress(nn.Module):
        def __init__(self):
            super().__init__()
            self.head = nn.Linear(3, 1)

        def forward(self, x, depth):
            return (self.head(x).squeeze(1) - torch.from_numpy(depth.numpy() * 2)).abs().mean()
    """
    inputs = "x=torch.rand(4, 3), depth=torch.rand(4)"
    evidence = probe(code, "Regress.forward", tmp_path, inputs=inputs, instance="Regress()")
    assert verdicts(evidence) == {"self.head.weight": "flows", "self.head.bias": "flows"}
    given = inputs.replace("depth=torch.rand(4)", "depth=torch.rand(4, requires_grad=True)")
    raised = probe(code, "Regress.forward", tmp_path, inputs=given, instance="Regress()")
    assert "Can't call numpy()" in (raised.error or "")


def test_parameters_of_plain_objects_in_objects_are_sources(tmp_path: Path) -> None:
    code = """
    class Pipe:
        def __init__(self):
            self.net = nn.Linear(3, 1)

    class Tuner:
        def __init__(self):
            self.pipe = Pipe()

        def loss(self, x):
            return self.pipe.net(x).square().mean()
    """
    evidence = probe(code, "Tuner.loss", tmp_path, inputs="x=torch.rand(4, 3)", instance="Tuner()")
    assert verdicts(evidence) == {"self.pipe.net.weight": "flows", "self.pipe.net.bias": "flows"}
