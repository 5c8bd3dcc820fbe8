"""Functions as values: kept in tables, attributes and default arguments, and made from others."""

from __future__ import annotations

from flow.checking import check


def test_the_operator_module() -> None:
    check("""
        import operator

        def hit_loss(pred, target):
            return 1 - operator.lt((pred - target).abs(), 0.5).float().mean()  # want CR103 "true or false"

        def gap_loss(pred, target):
            return operator.pow(operator.sub(pred, target), 2).mean()
    """)


def test_a_function_from_a_table() -> None:
    check("""
        import operator

        TESTS = {"strict": operator.lt, "lenient": operator.le}
        STEPS = {"up": torch.ceil, "down": torch.floor}
        NORMS = {"l1": F.l1_loss, "l2": F.mse_loss}

        class HitLoss(nn.Module):
            def __init__(self, test="strict"):
                super().__init__()
                self.within = TESTS[test]

            def forward(self, pred, target):
                return 1 - self.within(pred - target, 0.5).float().mean()  # want CR103

        def step_loss(pred, target, way="up"):
            return F.mse_loss(STEPS.get(way)(pred), target)  # want CR201

        def norm_loss(pred, target, norm="l1"):
            return NORMS[norm](pred, target)
    """)


def test_a_function_chosen_by_a_setting() -> None:
    check("""
        def rounded_loss(pred, target, up=False):
            step = torch.ceil if up else torch.floor
            return F.mse_loss(step(pred), target)  # want CR201 "exactly zero"

        def bounded_loss(pred, target, wide=False):
            bound = torch.tanh if wide else torch.sigmoid
            return F.mse_loss(bound(pred), target)
    """)


def test_arrays_or_tensors_by_the_kind_of_the_data() -> None:
    check("""
        import numpy as np

        def sharp_loss(pred, target):
            power = torch.exp if torch.is_tensor(pred) else np.exp
            return power(pred - target).mean()
    """)


def test_functions_by_name_and_by_default() -> None:
    check("""
        import operator

        def named_loss(pred, target):
            return F.mse_loss(getattr(torch, "round")(pred), target)  # want CR201

        def default_loss(pred, target, beats=operator.gt):
            return beats(pred, target).float().mean()  # want CR103

        def soft_loss(pred, target, distance=F.smooth_l1_loss):
            return distance(pred, target)
    """)


def test_getters_and_partial_functions() -> None:
    check("""
        from functools import partial
        from operator import attrgetter, itemgetter, methodcaller

        def kept_loss(pred, target):
            parts = {"prob": pred.detach(), "scale": 2.0}  # want CR101
            return F.mse_loss(itemgetter("prob")(parts), target)

        def stopped_loss(pred, target):
            return F.mse_loss(methodcaller("detach")(pred), target)  # want CR101

        def best_loss(pred, target):
            best = partial(torch.argmax, dim=1)
            return F.mse_loss(best(pred).float(), target)  # want CR104

        def flat_loss(pred, target):
            return F.mse_loss(attrgetter("mT.contiguous")(pred)(), methodcaller("detach")(target))
    """)


def test_an_inherited_method_calls_what_the_subclass_overrides() -> None:
    check("""
        class Codec(nn.Module):
            def __init__(self):
                super().__init__()
                self.analysis = nn.Linear(4, 4)

            def quantise(self, y):
                return y + torch.rand_like(y) - 0.5

            def rate(self, image):
                return self.quantise(self.analysis(image)).square().mean()

        class HardCodec(Codec):
            def quantise(self, y):
                return torch.round(y / 0.25) * 0.25  # want CR201 "exactly zero"

        class WideCodec(Codec):
            def quantise(self, y):
                return y + 2 * torch.rand_like(y) - 1
    """)


def test_a_default_that_is_made_by_a_call() -> None:
    check("""
        from functools import partial

        def bucket(x, n):
            return (x * n).to(torch.long) / n  # want CR108 "`output`"

        def levels_loss(output, target, quantise=partial(bucket, n=16), distance=nn.L1Loss()):
            return distance(quantise(output), quantise(target))
    """)


def test_an_argument_that_is_a_network_of_the_file_by_its_name_or_annotation() -> None:
    text = """
        class Generator(nn.Module):
            def __init__(self):
                super().__init__()
                self.out = nn.Linear(4, 6)

            def forward(self, z):
                return self.out(z).argmax(-1)  # want CR104 "no gradient reaches `generator.out.weight`"

        class Judge(nn.Module):
            def __init__(self):
                super().__init__()
                self.out = nn.Linear(6, 1)

            def forward(self, tokens):
                return self.out(F.one_hot(tokens, 6).float())

        def judge_step(generator, critic: Judge, z, truth):
            with torch.no_grad():
                fake = generator(z)
            return F.softplus(-critic(truth)).mean() + F.softplus(critic(fake)).mean()
    """
    wanted = """
        def generator_step(generator, critic: Judge, z):
            return F.softplus(-critic(generator(z))).mean()
    """
    check(text + wanted)
    check(text.replace('  # want CR104 "no gradient reaches `generator.out.weight`"', ""))
