"""Functions and objects that the calls of a file give to its constructors and functions."""

from __future__ import annotations

from textwrap import dedent

from chainrule.analysis import Analyzer, Options
from flow.checking import HEADER, check


def test_what_constructors_are_given() -> None:
    check("""
        def quantize(x):
            return torch.round(x * 8) / 8  # want CR201 "self.enc.weight"

        def ratio(est, ref):
            return torch.log10((ref ** 2).sum(-1) / ((est - ref) ** 2).sum(-1))  # want CR305

        class Coder(nn.Module):
            def __init__(self, size, bottleneck=None):
                super().__init__()
                self.enc, self.dec = nn.Linear(size, 2), nn.Linear(2, size)
                self.bottleneck = bottleneck

            def loss(self, x):
                return F.mse_loss(self.dec(self.bottleneck(self.enc(x))), x)

        class Scored:
            def __init__(self, metric):
                self.metric = metric

            def __call__(self, est, ref):
                loss = -self.metric(est, ref).mean()
                return loss

        coder = Coder(4, bottleneck=quantize)
        criterion = Scored(ratio)
    """)


def test_callbacks_that_change_what_a_runner_holds() -> None:
    check("""
        class Mover:
            def after_forward(self, runner):
                runner.output = {k: v.detach().cpu() for k, v in runner.output.items()}  # want CR101

        class Runner:
            def __init__(self, model, callbacks=()):
                self.model = model
                self.callbacks = list(callbacks)

            def batch_loss(self, x, y):
                self.output = {"logits": self.model(x)}
                for callback in self.callbacks:
                    callback.after_forward(self)
                return F.cross_entropy(self.output["logits"], y)

        def main():
            return Runner(nn.Linear(4, 3), [Mover()])
    """)


def test_what_functions_are_given() -> None:
    check("""
        def squashed(x, y, squash):
            return F.mse_loss(squash(x), y)  # want CR201

        squashed(torch.rand(3, requires_grad=True), torch.rand(3), torch.round)
    """)


def test_different_or_unknown_ones() -> None:
    check("""
        def through(x):
            return x + (torch.round(x) - x).detach()

        class Head(nn.Module):
            def __init__(self, squash):
                super().__init__()
                self.lin = nn.Linear(4, 2)
                self.squash = squash

            def loss(self, x, y):
                return F.mse_loss(self.squash(self.lin(x)), y)

        class Straight(nn.Module):
            def __init__(self, squash):
                super().__init__()
                self.lin = nn.Linear(4, 2)
                self.squash = squash

            def loss(self, x, y):
                return F.mse_loss(self.squash(self.lin(x)), y)

        class Open(nn.Module):
            def __init__(self, squash=torch.tanh):
                super().__init__()
                self.lin = nn.Linear(4, 2)
                self.squash = squash

            def loss(self, x, y):
                return F.mse_loss(self.squash(self.lin(x)), y)

        def build(kind):
            return Head(torch.sign) if kind == "hard" else Head(torch.tanh)

        straight = Straight(through)
        hard = Open(torch.sign)
    """)


def test_they_are_asked_for_again_when_a_call_changes() -> None:
    text = HEADER + dedent("""
        def hard(x):
            return torch.round(x)

        def squashed_loss(x, y, squash):
            return F.mse_loss(squash(x), y)

        print(squashed_loss(torch.rand(3, requires_grad=True), torch.rand(3), hard))
    """)
    analyzer = Analyzer(Options())
    for edited in (
        text,
        text.replace("rand(3), hard", "rand(3), torch.tanh"),
        text,
        text.replace("torch.round(x)", "torch.sin(x)"),
        text,
    ):
        expected = Analyzer(Options()).analyze(edited, "a.py").findings
        assert analyzer.analyze(edited, "a.py").findings == expected
        assert bool(expected) is (edited is text)
