"""Tables that decorators and statements of the file fill."""

from __future__ import annotations

from chainrule import Analyzer
from flow.checking import check


def test_functions_registered_by_a_decorator() -> None:
    check("""
        TERMS = {}
        SMOOTH = {}

        def term(name):
            def add(function):
                TERMS[name] = function
                return function

            return add

        def smooth(function):
            SMOOTH[function.__name__] = function
            return function

        @term("floor")
        def below(pred, target):
            return torch.floor(pred) - target  # want CR201

        @term("round")
        def nearest(pred, target):
            return pred.round() - target  # want CR201

        @smooth
        def gap(pred, target):
            return pred - target

        def named_loss(name, pred, target):
            return TERMS[name](pred, target).abs().mean()

        def total_loss(pred, target):
            return sum(function(pred, target).abs().mean() for function in SMOOTH.values())
    """)


def test_a_registry_that_is_an_object_and_one_that_statements_fill() -> None:
    check("""
        class Registry:
            def __init__(self):
                self.table = {}

            def register(self, name):
                def add(made):
                    self.table[name] = made
                    return made

                return add

            def __getitem__(self, name):
                return self.table[name]

        MODULES = Registry()
        LATE = {}

        @MODULES.register("agreement")
        class Agreement(nn.Module):
            def forward(self, scores, labels):
                return (scores.argmax(1) - labels).float()  # want CR104

        def step(pred, target):
            return torch.sign(pred) - target  # want CR201

        LATE["step"] = step

        def module_loss(name, pred, target):
            return MODULES[name]()(pred, target).abs().mean()

        def late_loss(pred, target):
            return LATE["step"](pred, target).abs().mean()
    """)


def test_what_is_registered_counts_as_read() -> None:
    text = (
        "import torch\n\nTERMS = {}\n\n"
        "def term(function):\n    TERMS[function.__name__] = function\n    return function\n\n"
        "@term\ndef gap(pred, target):\n    return pred - target\n\n"
        "def total_loss(name, pred, target):\n    return TERMS[name](pred, target).abs().mean()\n"
    )
    analyzer = Analyzer()
    assert analyzer.analyze(text, "terms.py").findings == ()
    cut = text.replace("return pred - target", "return pred.detach() - target")
    assert [finding.code for finding in analyzer.analyze(cut, "terms.py").findings] == ["CR101"]


def test_decorators_with_arguments_of_functions_and_methods() -> None:
    check("""
        import functools

        def detached(index):
            def decorate(function):
                @functools.wraps(function)
                def wrapper(*args):
                    args = list(args)
                    args[index] = args[index].detach()  # want CR101
                    return function(*args)

                return wrapper

            return decorate

        @detached(0)
        def gap(pred, target):
            return (pred - target).abs()

        class Head(nn.Module):
            @detached(1)
            def gap(self, pred, target):
                return (pred - target).abs()

            def head_loss(self, pred, target):
                return self.gap(pred, target).mean()

        def gap_loss(pred, target):
            return gap(pred, target).mean()
    """)
