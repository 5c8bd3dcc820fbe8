"""Hooks and parametrisations of modules, and modules made of others."""

from __future__ import annotations

import pytest

from flow.checking import check


def test_what_a_hook_keeps() -> None:
    check("""
        class Recorder:
            def __init__(self, network, names):
                self.outputs = {}
                modules = dict(network.named_modules())
                for name in names:
                    modules[name].register_forward_hook(self.keep(name))

            def keep(self, name):
                def hook(module, args, output):
                    self.outputs[name] = output.detach()  # want CR101 "`fake`"

                return hook

        class FeatureMatching(nn.Module):
            def __init__(self, names=("0", "2")):
                super().__init__()
                self.backbone = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Conv2d(4, 4, 3))
                self.backbone.requires_grad_(False)
                self.recorder = Recorder(self.backbone, names)

            def features(self, image):
                self.backbone(image)
                outputs, self.recorder.outputs = self.recorder.outputs, {}
                return outputs

            def forward(self, fake, real):
                ours, theirs = self.features(fake), self.features(real)
                return sum(F.l1_loss(ours[name], theirs[name]) for name in ours)
    """)


def test_hooks_that_keep_the_graph_or_change_the_output() -> None:
    check("""
        class Perceptual(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU())
                self.kept = []
                self.net[0].register_forward_hook(self.keep)
                self.net[1].register_full_backward_hook(lambda module, given, got: None)

            def keep(self, module, args, output):
                self.kept.append(output)

            def forward(self, fake, real):
                self.kept.clear()
                fake.register_hook(lambda grad: grad * 0.5)
                self.net(fake)
                self.net(real)
                return F.l1_loss(self.kept[0], self.kept[1].detach())

        class Rounded(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Linear(4, 4)
                self.net.register_forward_hook(lambda module, args, output: output.round())  # want CR201

            def fit_loss(self, x, y):
                return F.mse_loss(self.net(x), y)
    """)


def test_parametrised_weights() -> None:
    check("""
        from torch.nn.utils import parametrize

        class Quantise(nn.Module):
            def forward(self, weight):
                return weight.round()  # want CR201 "self.first.weight"

        class Symmetric(nn.Module):
            def forward(self, weight):
                return weight.triu() + weight.triu(1).mT

        class Quantised(nn.Module):
            def __init__(self):
                super().__init__()
                self.first = nn.Linear(4, 4)
                parametrize.register_parametrization(self.first, "weight", Quantise())

            def fit_loss(self, x, y):
                return F.mse_loss(self.first(x), y)

        class Even(nn.Module):
            def __init__(self):
                super().__init__()
                self.first = nn.Linear(4, 4)
                parametrize.register_parametrization(self.first, "weight", Symmetric())

            def fit_loss(self, x, y):
                return F.mse_loss(self.first(x), y)
    """)


def test_frozen_and_normalised_modules() -> None:
    check("""
        class Traced(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Linear(3, 1)
                traced = torch.jit.trace(self.net, torch.zeros(1, 3))
                self.head = torch.jit.freeze(traced.eval())  # want CR110 "self.net.weight"

            def fit_loss(self, x, y):
                return F.mse_loss(self.head(x), y)

        class Normalised(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.utils.spectral_norm(nn.Linear(3, 1))
                self.head = torch.jit.trace(self.net, torch.zeros(1, 3))

            def fit_loss(self, x, y):
                return F.mse_loss(self.head(x), y)
    """)


def test_hooks_on_networks_that_come_from_outside() -> None:
    check("""
        class Features(nn.Module):
            def __init__(self, net, layers):
                super().__init__()
                self.net = net
                self.found = {}
                for name, part in net.named_modules():
                    if name in layers:
                        part.register_forward_hook(self.keep(name))

            def keep(self, name):
                def hook(module, inputs, output):
                    self.found[name] = output.detach()  # want CR101
                return hook

            def style_loss(self, image, wanted):
                self.net(image)
                return sum(F.mse_loss(self.found[name], wanted[name]) for name in wanted)

        class Kept(nn.Module):
            def __init__(self, student):
                super().__init__()
                self.student = student
                self.found = None
                student.layer4.register_forward_hook(self.keep)

            def keep(self, module, inputs, output):
                self.found = output

            def style_loss(self, image, wanted):
                self.student(image)
                return F.mse_loss(self.found, wanted)
    """)


@pytest.mark.parametrize(
    "hook", ["lambda g: g * 0.0", "lambda g: torch.zeros_like(g)", "lambda g: g.zero_()", "self.stop"]
)
def test_a_hook_that_returns_zeros(hook: str) -> None:
    check(f"""
        class Tuned(nn.Module):
            def __init__(self):
                super().__init__()
                self.body, self.head = nn.Linear(4, 4), nn.Linear(4, 2)

            def stop(self, gradient):
                return 0 * gradient

            def loss(self, x, y):
                h = self.body(x)
                h.register_hook({hook})  # want CR602 "hook returns zeros"
                return F.mse_loss(self.head(h), y)
    """)


@pytest.mark.parametrize(
    "hook",
    [
        "lambda g: -0.1 * g",
        "lambda g: g * mask",
        "lambda g: print(g.norm())",
        "lambda g: kept.append(torch.zeros_like(g))",
        "lambda g: g.masked_fill(g.isnan(), 0.0)",
        "lambda g: torch.zeros_like(g).masked_fill(g > 0, 1.0)",
    ],
)
def test_hooks_that_change_a_gradient_or_look_at_it(hook: str) -> None:
    check(f"""
        class Tuned(nn.Module):
            def __init__(self):
                super().__init__()
                self.body, self.head = nn.Linear(4, 4), nn.Linear(4, 2)
                self.head.bias.register_hook(lambda g: g * 0)

            def loss(self, x, y):
                kept = []
                h = self.body(x)
                mask = torch.zeros_like(h)
                mask[:, :2] = 1
                h.register_hook({hook})
                return F.mse_loss(self.head(h), y)
    """)


def test_a_backward_hook_of_a_module() -> None:
    check("""
        def block(module, given, got):
            return tuple(torch.zeros_like(g) if g is not None else None for g in given)

        def scale(module, given, got):
            return tuple(0.5 * g for g in given)

        class Tuned(nn.Module):
            def __init__(self):
                super().__init__()
                self.body, self.middle, self.head = nn.Linear(4, 4), nn.Linear(4, 4), nn.Linear(4, 2)
                self.middle.register_full_backward_hook(block)
                self.head.register_full_backward_hook(scale)

            def loss(self, x, y):
                h = torch.tanh(self.body(x))
                return F.mse_loss(self.head(self.middle(h)), y)  # want CR602 "hook returns zeros"
    """)


def test_what_a_hook_keeps_by_module() -> None:
    check("""
        class Kept:
            def __init__(self):
                self.by_layer = {}

            def __call__(self, module, args, output):
                self.by_layer.setdefault(module, []).append(output.data)  # want CR101 "`self.first.weight`"

        class Sparse(nn.Module):
            def __init__(self):
                super().__init__()
                self.first, self.second = nn.Linear(4, 8), nn.Linear(8, 2)
                self.kept = Kept()
                self.first.register_forward_hook(self.kept)

            def loss(self, x, y):
                scores = self.second(torch.relu(self.first(x)))
                penalty = sum(v[-1].abs().mean() for v in self.kept.by_layer.values())
                return F.cross_entropy(scores, y) + penalty
    """)
