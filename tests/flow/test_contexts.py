"""Grad modes that a context manager of the user's own sets."""

from __future__ import annotations

import pytest

from flow.checking import check


def test_a_generator() -> None:
    check("""
        from contextlib import contextmanager

        @contextmanager
        def frozen(network):
            was_training = network.training
            network.eval()
            try:
                with torch.no_grad():  # want CR102 "`net` and `pred`"
                    yield network
            finally:
                network.train(was_training)

        def embedded_loss(net, pred, target):
            with frozen(net) as fixed:
                embedded = fixed(pred)
            return F.mse_loss(embedded, target)

        def distilled_loss(net, pred, target):
            with frozen(net) as teacher:
                wanted = teacher(target)
            return F.mse_loss(net(pred), wanted)
    """)


def test_a_generator_that_sets_no_mode() -> None:
    check("""
        from contextlib import contextmanager

        @contextmanager
        def timed(name):
            print(name)
            yield
            print(name)

        @contextmanager
        def recording():
            with torch.enable_grad():
                yield

        def timed_loss(pred, target):
            with timed("loss"):
                return F.mse_loss(pred, target)

        def recorded_loss(pred, target):
            with torch.no_grad(), recording():
                return F.mse_loss(pred, target)
    """)


def test_a_generator_whose_mode_a_setting_decides() -> None:
    check("""
        from contextlib import contextmanager

        @contextmanager
        def no_grad_if(frozen):
            if frozen:
                with torch.no_grad():
                    yield
            else:
                yield

        def optional_loss(pred, target, frozen):
            with no_grad_if(frozen):
                scaled = pred * 2
            return F.mse_loss(scaled, target)
    """)


def test_classes() -> None:
    check("""
        import contextlib

        class Switch:
            def __enter__(self):
                self.before = torch.is_grad_enabled()
                torch.set_grad_enabled(False)  # want CR102
                return self

            def __exit__(self, *error):
                torch.set_grad_enabled(self.before)

        class Wrapper(contextlib.ContextDecorator):
            def __init__(self):
                self.inner = torch.no_grad()

            def __enter__(self):
                self.inner.__enter__()  # want CR102

            def __exit__(self, *error):
                self.inner.__exit__(*error)

        def switched_loss(pred, target):
            with Switch():
                scaled = pred * 2
            return F.mse_loss(scaled, target)

        @Wrapper()
        def wrapped_loss(pred, target):
            return F.mse_loss(pred, target)

        def later_loss(pred, target):
            with Switch():
                weight = target.abs().mean()
            return weight * F.mse_loss(pred, target)
    """)


def test_exit_stacks_and_kept_contexts() -> None:
    check("""
        from contextlib import ExitStack, nullcontext

        class Critic(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Linear(4, 1)
                self.fixed = torch.no_grad()

            def stacked_loss(self, pred):
                with ExitStack() as stack:
                    stack.enter_context(torch.no_grad())  # want CR102
                    value = self.net(pred)
                return value.mean()

            def kept_loss(self, pred):
                with self.fixed:  # want CR102
                    value = self.net(pred)
                return value.mean()

            def plain_loss(self, pred):
                with ExitStack() as stack, nullcontext(self.net) as net:
                    stack.enter_context(torch.autocast("cpu"))
                    return net(pred).mean()

            def optional_loss(self, pred, frozen=False):
                with ExitStack() as stack:
                    if frozen:
                        stack.enter_context(torch.no_grad())
                    return self.net(pred).mean()
    """)


def test_decorators_made_of_a_context() -> None:
    check("""
        from contextlib import contextmanager

        @contextmanager
        def inference():
            with torch.inference_mode():  # want CR102
                yield

        class Encoder(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Linear(4, 4)

            @inference()
            def embed(self, x):
                return self.net(x)

            def pull_loss(self, pred, target):
                return F.mse_loss(self.embed(pred), target)

        frozen = torch.no_grad()

        @frozen  # want CR102
        def stopped_loss(pred, target):
            return F.mse_loss(pred, target)
    """)


def test_a_grad_mode_that_follows_the_phase() -> None:
    check("""
        def fit_loss(net, x, y, phase):
            with torch.set_grad_enabled(phase == "val"):  # want CR102
                return F.mse_loss(net(x), y)

        def swapped_loss(net, x, y, training):
            with torch.set_grad_enabled(not training):  # want CR102
                return F.mse_loss(net(x), y)

        def other_loss(net, x, y, split):
            with torch.set_grad_enabled(mode=split not in ("train", "val")):  # want CR102
                return F.mse_loss(net(x), y)
    """)


def test_a_grad_mode_that_is_on_in_training() -> None:
    check("""
        class Learner(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Linear(4, 1)

            def step_loss(self, x, y):
                with torch.set_grad_enabled(self.training):
                    return F.mse_loss(self.net(x), y)

        def phase_loss(net, x, y, phase):
            with torch.set_grad_enabled(phase == "train"):
                return F.mse_loss(net(x), y)

        def either_loss(net, x, y, phase, verbose):
            with torch.set_grad_enabled(phase != "test" or verbose):
                return F.mse_loss(net(x), y)

        def flagged_loss(net, x, y, learning):
            with torch.set_grad_enabled(learning):
                return F.mse_loss(net(x), y)
    """)


TWO_STAGES = """
        class TwoStages(nn.Module):
            def __init__(self, epochs=3):
                super().__init__()
                self.body, self.head = nn.Linear(5, 5), nn.Linear(5, 2)
                self.epochs, self.freeze = epochs, True

            def loss(self, x, y, epoch, frozen=False):
                train_body = epoch < self.epochs
                with torch.set_grad_enabled({flag}):{want}
                    h = torch.relu(self.body(x))
                return F.cross_entropy(self.head(h), y)
"""


@pytest.mark.parametrize("flag", ["not train_body", "frozen", "mode=not train_body"])
def test_a_flag_that_says_the_opposite(flag: str) -> None:
    check(TWO_STAGES.format(flag=flag, want='  # want CR102 "exactly where the flag asks"'))


@pytest.mark.parametrize("flag", ["train_body", "not frozen", "epoch >= self.epochs", "not self.freeze"])
def test_a_flag_that_says_what_it_does(flag: str) -> None:
    check(TWO_STAGES.format(flag=flag, want=""))


def test_a_picture_is_no_prediction() -> None:
    check("""
        class Mixer(nn.Module):
            def __init__(self):
                super().__init__()
                self.synth = nn.Linear(4, 12).requires_grad_(False)

            @torch.no_grad()  # want CR102 "no gradient reaches"
            def generate(self, w):
                return torch.tanh(self.synth(w))

            def loss(self, w, photo):
                return (self.generate(w) - photo).pow(2).mean()
    """)


def test_a_drawing_may_learn() -> None:
    check("""
        class Mixer(nn.Module):
            def __init__(self):
                super().__init__()
                self.synth = nn.Linear(4, 12).requires_grad_(False)

            @torch.no_grad()
            def generate(self, w):
                return torch.tanh(self.synth(w))

            def loss(self, w, strokes):
                return (self.generate(w) - strokes).pow(2).mean()
    """)


def test_the_mode_before_is_put_back() -> None:
    check("""
        def accuracy(net, x, y):
            before = torch.is_grad_enabled()
            torch.set_grad_enabled(False)
            right = (net(x).argmax(1) == y).float().mean().item()
            torch.set_grad_enabled(before)
            return right

        net = nn.Linear(4, 3)
        x, y = torch.randn(8, 4), torch.randint(0, 3, (8,))
        print(accuracy(net, x, y))
        loss = F.cross_entropy(net(x), y)
        loss.backward()
    """)


def test_a_function_that_is_wrapped() -> None:
    check("""
        def squash(x):
            return x.sigmoid() * 2

        still = torch.no_grad()(squash)  # want CR102 "`pred`"

        def wrapped_loss(pred, target):
            return F.mse_loss(still(pred), target)

        def at_once_loss(pred, target):
            squashed = torch.inference_mode(squash)(pred)  # want CR102 "`pred`"
            return F.mse_loss(squashed, target)

        def called_loss(pred, target):
            squashed = torch.no_grad()(lambda x: 2 * x)(pred)  # want CR102 "`pred`"
            return F.mse_loss(squashed, target)
    """)


def test_a_function_that_is_wrapped_for_targets() -> None:
    check("""
        class Distilled(nn.Module):
            def __init__(self):
                super().__init__()
                self.student = nn.Linear(3, 3)
                self.teacher = nn.Linear(3, 3)
                self.wanted = torch.no_grad()(self.teacher.forward)

            def loss(self, x):
                return F.mse_loss(self.student(x), self.wanted(x))

        def squash(x):
            return x.sigmoid() * 2

        def recorded_loss(pred, target):
            with torch.no_grad():
                squashed = torch.enable_grad()(squash)(pred)
            return F.mse_loss(squashed, target)
    """)


def test_a_switch_that_a_helper_leaves_off_between_two_rounds() -> None:
    program = """
        criterion = nn.MSELoss()

        def validate(model, loader):
            model.eval()
            {switch}
            total = 0.0
            for x, y in loader:
                total += criterion(model(x), y).item()
            {back}
            return total

        def train_epoch(model, loader, opt):
            model.train()
            for x, y in loader:
                opt.zero_grad()
                criterion(model(x), y).backward()
                opt.step()

        def fit(model, train, val, epochs=3):
            opt = torch.optim.SGD(model.parameters(), lr=0.05)
            for epoch in range(epochs):
                train_epoch(model, train, opt)
                print(validate(model, val))
    """
    off = "torch.set_grad_enabled(False)"
    check(program.format(switch=f"{off}  # want CR102", back="pass"))
    check(program.format(switch=off, back="torch.set_grad_enabled(True)"))
    check(program.format(switch="pass", back="pass"))
