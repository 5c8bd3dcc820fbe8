"""CR2xx: backward runs and gives zeros."""

from __future__ import annotations

from flow.checking import check


def test_a_helper_that_rounds() -> None:
    check("""
        def quantize(values, levels=8):
            return torch.floor(values * levels) / levels  # want CR201 "step function.*exactly zero"

        def code_loss(pred, target):
            return F.mse_loss(quantize(pred), target)
    """)


def test_a_builtin_round() -> None:
    check("""
        def count_loss(pred, target):
            return (round(pred.sum()) - target).abs()  # want CR201 "raises a TypeError"
    """)


def test_one_of_two_terms() -> None:
    check("""
        def joint_loss(pred, target):
            signs = torch.sign(pred).mean()  # want CR201 "through this term is exactly zero"
            return F.mse_loss(pred, target) + signs
    """)


def test_a_margin_out_of_reach() -> None:
    check("""
        def margin_loss(logits):
            similarity = torch.tanh(logits)
            return F.relu(similarity - 1.0).mean()  # want CR202 "always lies beyond the bound"
    """)


def test_a_clamp_after_the_logarithm() -> None:
    check("""
        def likelihood_loss(logits, target):
            log_prob = F.log_softmax(logits, dim=1).clamp(min=1e-8)  # want CR202 "`logits` is exactly zero"
            return -(log_prob * target).sum(dim=1).mean()
    """)


def test_a_bound_that_can_be_reached_is_fine() -> None:
    check("""
        def bounded_loss(logits):
            prob = torch.sigmoid(logits).clamp(min=1e-6, max=1 - 1e-6)
            return F.relu(prob - 0.5).mean() - prob.log().mean()
    """)


def test_nearest_sampling() -> None:
    check("""
        def warp_loss(grid, image, target):
            warped = F.grid_sample(image, grid, mode="nearest")  # want CR203 "nearest sample"
            return F.l1_loss(warped, target)
    """)


def test_a_distribution_and_its_own_sample() -> None:
    check("""
        def policy_loss(mean, reward):
            policy = torch.distributions.Normal(mean, 1.0)
            action = policy.rsample()
            return -(policy.log_prob(action) * reward).mean()  # want CR204 "where it was drawn"
    """)


def test_a_softmax_over_one_class() -> None:
    check("""
        class Head(nn.Module):
            def __init__(self):
                super().__init__()
                self.score = nn.Linear(8, 1)

            def loss(self, features, target):
                prob = F.softmax(self.score(features), dim=1)  # want CR204 "single class if its input is 2-D"
                return F.mse_loss(prob, target)
    """)


def test_a_parameter_that_starts_where_it_is_stuck() -> None:
    check("""
        class Filter(nn.Module):
            def __init__(self, channels=3):
                super().__init__()
                self.rate = nn.Parameter(torch.full((channels,), 2.0))
                self.gate = nn.Parameter(torch.full((channels,), 6.0))
                self.slope = nn.Parameter(torch.empty(channels))
                nn.init.constant_(self.slope, -1.0)

            def rate_loss(self, signal):
                mixed = self.rate.clamp(0.0, 1.0) * signal  # want CR202 "starts beyond the bound"
                return mixed.square().mean()

            def gate_loss(self):
                return torch.clamp(self.gate.sigmoid() * 1.2 - 0.1, 0.0, 1.0).sum()  # want CR202

            def slope_loss(self):
                return F.relu(self.slope).sum()  # want CR202
    """)


def test_a_parameter_that_starts_where_it_can_move() -> None:
    check("""
        class Filter(nn.Module):
            def __init__(self, channels=3):
                super().__init__()
                self.rate = nn.Parameter(torch.full((channels,), 1.0))
                self.scale = nn.Parameter(torch.zeros(channels))
                self.slope = nn.Parameter(-torch.ones(channels))
                nn.init.normal_(self.slope)

            def rate_loss(self, signal):
                mixed = self.rate.clamp(0.0, 1.0) * signal + F.relu(self.scale + signal)
                rest = F.relu(self.slope).sum() + self.scale.exp().clamp(max=100).sum()
                return mixed.square().mean() + rest
    """)


def test_a_clamp_to_where_a_probability_never_is() -> None:
    check("""
        def odds_loss(logits, target):
            log_prob = F.log_softmax(logits, dim=1).clamp(0, 1)  # want CR202
            return F.nll_loss(log_prob, target)
    """)


def test_a_tensor_and_itself() -> None:
    check("""
        def reconstruction_loss(model, image):
            out = model(image)
            return F.mse_loss(out, out)  # want CR204 "with itself"
    """)


def test_pairs_in_a_loop_are_two_tensors() -> None:
    check("""
        def spread_loss(encoder, views):
            codes = [encoder(view) for view in views]
            total = sum(F.mse_loss(a, b) for a in codes for b in codes)
            for one in codes:
                for other in codes:
                    total = total + (one - other).square().mean()
            return total
    """)


def test_a_difference_of_a_tensor_and_itself() -> None:
    check("""
        def reconstruction_loss(model, image):
            out = model(image)
            wanted = out
            return (out - wanted).abs().mean()  # want CR204 "with itself"
    """)


def test_a_softmax_over_a_dimension_of_size_one() -> None:
    check("""
        def gate_loss(pred, target):
            gate = torch.softmax(pred.unsqueeze(-1), dim=-1)  # want CR204 "over a single class"
            return F.mse_loss(gate.squeeze(-1), target)

        def attention_loss(pred, keys, values):
            score = (pred * keys).sum(dim=1, keepdim=True)
            return (F.softmax(score, dim=1) * values).mean()  # want CR204 "over a single class"

        def first_loss(pred, target):
            return F.l1_loss(pred[:, :1].softmax(dim=1), target)  # want CR204

        class Mask(nn.Module):
            def __init__(self):
                super().__init__()
                self.head = nn.Conv2d(8, 1, 1)
                self.norm = nn.LayerNorm(1)
                self.score = nn.Linear(8, 1)

            def loss(self, features, target):
                return F.mse_loss(self.head(features).softmax(dim=1), target)  # want CR204

            def score_loss(self, features, target):
                return F.mse_loss(self.norm(self.score(features)), target)  # want CR204 "a single value"
    """)


def test_a_softmax_over_more_than_one() -> None:
    check("""
        def gate_loss(pred, keys, target):
            wide = pred.unsqueeze(-1) * keys
            score = (pred * keys).sum(dim=2, keepdim=True)
            across = torch.softmax(score, dim=1) * torch.softmax(pred[:, None], dim=-1)
            return F.mse_loss(torch.softmax(wide, dim=-1), target) + across.mean()

        class Pooling(nn.Module):
            def __init__(self):
                super().__init__()
                self.score = nn.Sequential(nn.Linear(8, 8), nn.Tanh(), nn.Linear(8, 1))

            def loss(self, states, target):
                weights = torch.softmax(self.score(states), dim=1)
                return F.mse_loss((weights * states).sum(dim=1), target)
    """)


def test_what_adds_up_to_a_constant() -> None:
    check("""
        def mass_loss(logits):
            prob = logits.softmax(dim=-1)
            return (prob.sum(dim=-1) - 1).square().mean()  # want CR204 "adds up a softmax"

        def offset_loss(pred):
            centred = pred - pred.mean(dim=0, keepdim=True)
            return centred.mean(dim=0).abs().sum()  # want CR204 "its own mean"

        def usage_loss(logits):
            prob = logits.softmax(dim=-1)
            return prob.mean(dim=0).square().sum() + (logits - logits.mean()).square().mean()
    """)


def test_factors_that_both_start_at_zero() -> None:
    check("""
        class Adapter(nn.Module):
            def __init__(self, width=4):
                super().__init__()
                self.down = nn.Parameter(torch.zeros(width, 2))
                self.up = nn.Parameter(torch.zeros(2, width))
                self.side = nn.Parameter(torch.randn(width, 2))
                self.gain = nn.Parameter(torch.zeros(1))

            def loss(self, x, y):
                return F.mse_loss(x + x @ self.down @ self.up, y)  # want CR202 "Both factors.*start at 0"

            def one_loss(self, x, y):
                return F.mse_loss(x + self.gain * torch.tanh(x) + x @ self.side @ self.up, y)
    """)


def test_a_step_made_of_a_sigmoid() -> None:
    check("""
        def step_loss(pred, target):
            hard = torch.sigmoid((pred - 0.5) * 1e5)  # want CR202 "is a step"
            return F.mse_loss(hard, target)

        def cold_loss(heat, target):
            weights = torch.softmax(heat / 1e-6, dim=-1)  # want CR202 "is a step"
            return (weights * target).sum()

        def soft_loss(heat, target):
            weights = torch.softmax(heat * 100, dim=-1) * torch.tanh(heat / 0.01)
            return (weights * target).sum()
    """)


def test_a_clamp_whose_bounds_are_swapped() -> None:
    check("""
        def range_loss(pred, target):
            return F.mse_loss(pred.clamp(1 - 1e-6, 1e-6), target)  # want CR202
    """)


def test_a_mode_that_is_the_default() -> None:
    check("""
        class Warp(nn.Module):
            def __init__(self, mode="nearest", padding="zeros"):
                super().__init__()
                self.mode = mode
                self.theta = nn.Parameter(torch.eye(2, 3)[None])

            def loss(self, image, target):
                grid = F.affine_grid(self.theta, image.shape)
                return F.mse_loss(F.grid_sample(image, grid, mode=self.mode), target)  # want CR203
    """)


def test_a_length_that_is_one() -> None:
    check("""
        def length_loss(pred):
            unit = F.normalize(pred, dim=-1)
            return (unit.norm(dim=-1) - 1).square().mean()  # want CR204 "which is 1"

        def sparsity_loss(logits):
            return torch.softmax(logits, dim=1).abs().sum(dim=1).mean()  # want CR204 "adds up a softmax"

        def column_loss(pred):
            unit = F.normalize(pred, dim=-1)
            return (unit.norm(dim=0) - 1).square().mean()
    """)


def test_parameters_that_are_filled() -> None:
    check("""
        class Gate(nn.Module):
            def __init__(self):
                super().__init__()
                self.gate = nn.Parameter(torch.randn(4))
                self.gate.data.fill_(-1.0)
                self.bias = nn.Parameter(torch.empty(4))
                with torch.no_grad():
                    self.bias.fill_(-1)
                self.scale = nn.Parameter(torch.tensor([7.0, 7.0]))
                self.free = nn.Parameter(torch.full((4,), -1.0))
                self.free.data.uniform_()

            def gate_loss(self, x):
                return (x * F.relu(self.gate)).sum()  # want CR202

            def bias_loss(self, x):
                return (x * self.bias.clamp(min=0)).sum()  # want CR202

            def scale_loss(self, x):
                return (x * F.relu6(self.scale)).sum()  # want CR202

            def free_loss(self, x):
                return (x * F.relu(self.free)).sum()
    """)


def test_draws_are_no_steps() -> None:
    check("""
        def gate_loss(p, target):
            gate = torch.bernoulli(p)  # want CR111 "draws as zero.*exactly zero"
            return F.mse_loss(gate, target)

        def policy_loss(p, reward):
            action = torch.bernoulli(p)
            logp = action * (p + 1e-6).log() + (1 - action) * (1 - p + 1e-6).log()
            return -(logp * reward).mean()
    """)


def test_the_density_of_an_own_sample_beside_what_it_moves() -> None:
    check("""
        class Actor(nn.Module):
            def __init__(self):
                super().__init__()
                self.mean, self.critic = nn.Linear(3, 1), nn.Linear(4, 1)

            def loss(self, state):
                policy = torch.distributions.Normal(self.mean(state), 0.5)
                drawn = policy.rsample()
                action = torch.tanh(drawn)
                logp = policy.log_prob(drawn) - torch.log(1 - action.pow(2) + 1e-6)
                return (0.1 * logp.sum(-1) - self.critic(torch.cat([state, action], -1)).squeeze(-1)).mean()
    """)


def test_the_weight_of_a_layer_that_a_class_derives_from() -> None:
    check("""
        class QuantLinear(nn.Linear):
            def __init__(self, n_in, n_out):
                super().__init__(n_in, n_out)
                self.step = (self.weight.data.abs().max() / 7).detach()

            def forward(self, x):
                w = (self.weight / self.step).round_().clamp_(-8, 7)  # want CR201 "`self.weight`"
                return F.linear(x, w.mul_(self.step), self.bias)

            def reconstruction(self, x, full):
                return (self(x) - full).square().mean()
    """)


def test_the_phase_of_complex_numbers() -> None:
    check("""
        def phase_loss(pred, target):
            spectrum = torch.stft(pred, 8, window=torch.hann_window(8), return_complex=True)
            wanted = torch.stft(target, 8, window=torch.hann_window(8), return_complex=True)
            return (torch.angle(spectrum) - wanted.angle()).abs().mean()

        def phases_loss(pred, target):
            return F.mse_loss(torch.fft.rfft(pred).angle(), target)
    """)


def test_what_division_leaves_over() -> None:
    check("""
        def lattice_loss(points, reference, spacing=0.5):
            snapped = points - torch.remainder(points, spacing)  # want CR201 "`points` is exactly zero"
            return (snapped - reference).abs().mean()

        def whole_loss(pred, target):
            whole = pred - pred.frac()  # want CR201 "`pred` is exactly zero"
            return (whole - target).abs().mean()

        def day_loss(pred, target):
            day = pred - pred % 1  # want CR201 "`pred` is exactly zero"
            return (day - target).abs().mean()

        def phase_loss(pred, target):
            turns = torch.round((pred - target) / 6.283)
            wrapped = torch.remainder(pred, 6.283) - torch.remainder(target, 6.283)
            return wrapped.pow(2).mean() + (pred - target - 6.283 * turns).abs().mean()

        def snapping_loss(pred, target):
            snapped = pred - (pred % 0.5).detach()
            return (snapped - target).abs().mean()
    """)


def test_a_straight_through_that_stops_nothing() -> None:
    check("""
        def code_loss(pred, target):
            return (pred + pred.round() - pred - target).abs().mean()  # want CR201 "`pred` is exactly zero"

        def other_code_loss(pred, target):
            return (pred + (pred.round() - pred).detach() - target).abs().mean()
    """)


def test_bounds_that_a_class_names_in_one_line() -> None:
    check("""
        class Policy(nn.Module):
            LOWEST, HIGHEST = -5.0, 2.0

            def __init__(self):
                super().__init__()
                self.mu = nn.Linear(4, 2)
                self.log_std = nn.Parameter(torch.full((2,), -10.0))
                self.free = nn.Parameter(torch.zeros(2))

            def loss(self, obs, act):
                log_std = self.log_std.clamp(self.LOWEST, self.HIGHEST)  # want CR202 "starts beyond"
                scale = self.free.clamp(self.LOWEST, self.HIGHEST).exp() + log_std.exp()
                return ((self.mu(obs) - act) / scale).pow(2).mean() + scale.log().mean()
    """)


def test_a_softmax_layer_in_a_sequence_is_told_where_it_is_made() -> None:
    check("""
        model = nn.Sequential(
            nn.Linear(5, 12),
            nn.ReLU(),
            nn.Linear(12, 1),
            nn.Softmax(dim=1),  # want CR204 "single class"
        )
        optimizer = torch.optim.Adam(model.parameters())
        for xb, yb in loader:
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            loss.backward()
            optimizer.step()
    """)


def test_layers_in_an_ordered_dict() -> None:
    check("""
        from collections import OrderedDict

        class Scorer(nn.Module):
            def __init__(self):
                super().__init__()
                self.body = nn.Sequential(
                    OrderedDict([("score", nn.Linear(4, 1)), ("s", nn.Softmax(-1))])  # want CR204 "y.score"
                )
                self.sound = nn.Sequential(
                    OrderedDict([("score", nn.Linear(4, 3)), ("share", nn.Softmax(dim=-1))])
                )

            def loss(self, x, y):
                return F.mse_loss(self.body(x), y)

            def sound_loss(self, x, y):
                return F.mse_loss(self.sound(x), y)
    """)


def test_random_numbers_that_start_beyond_a_clamp() -> None:
    check("""
        class Sticker(nn.Module):
            def __init__(self, size=4):
                super().__init__()
                self.patch = nn.Parameter(torch.randint(20, 236, (3, size, size)).float())
                self.spread = nn.Parameter(torch.empty(size))
                nn.init.uniform_(self.spread, 2.0, 5.0)
                self.knobs = nn.Parameter(torch.empty(size).uniform_(-9.0, -4.0))
                self.dark = nn.Parameter(torch.randint(236, (3, size, size)).float())

            def patch_loss(self, scene):
                return F.mse_loss(self.patch.clamp(0.0, 1.0), scene)  # want CR202 "starts beyond"

            def spread_loss(self, y):
                return F.mse_loss(self.spread.clamp(max=1.0), y)  # want CR202

            def knob_loss(self, y):
                return F.mse_loss(torch.relu(self.knobs), y)  # want CR202

            def scaled_loss(self, scene):
                return F.mse_loss((self.patch / 255).clamp(0.0, 1.0), scene)

            def dark_loss(self, scene):
                return F.mse_loss(self.dark.clamp(0.0, 1.0), scene)
    """)


def test_bounds_that_are_computed_by_a_formula_of_numbers() -> None:
    check("""
        import math
        import numpy as np

        class Pairs(nn.Module):
            limit = math.log(100)

            def __init__(self, temperature=0.07):
                super().__init__()
                self.inverse = nn.Parameter(torch.ones([]) / temperature)
                self.log_scale = nn.Parameter(torch.ones([]) * np.log(1 / temperature))
                self.drawn = nn.Parameter(torch.ones([]) * np.random.gamma(1 / temperature))

            def loss(self, pred, keys, target):
                scale = self.inverse.clamp(0, self.limit).exp()  # want CR202 "starts beyond the bound"
                scale = scale + self.log_scale.clamp(0, self.limit).exp() + self.drawn.clamp(0, self.limit)
                return F.cross_entropy(scale * pred @ keys.t(), target)
    """)


def test_a_bound_that_follows_from_how_many_there_are_is_no_claim() -> None:
    check("""
        import math

        class Codes(nn.Module):
            def __init__(self, bits=1, free=math.log(2)):
                super().__init__()
                self.bits, self.free = bits, free

            def entropy_loss(self, logits):
                p = logits.sigmoid()
                entropy = -(p * F.logsigmoid(logits) + (1 - p) * F.logsigmoid(-logits)).sum(-1)
                return F.relu(self.bits * math.log(2) - entropy - self.free).mean()
    """)


def test_a_setting_in_a_list_is_where_a_parameter_starts() -> None:
    check("""
        class Ball(nn.Module):
            def __init__(self, first=1e-3, wide=0.5):
                super().__init__()
                self.scale = nn.Parameter(torch.Tensor([first]), requires_grad=True)
                self.width = nn.Parameter(torch.tensor([wide, wide]))

            def loss(self, pred, target):
                low = 1e-2
                scale = self.scale.clamp_min(low).clamp_max(0.9)  # want CR202 "starts beyond the bound"
                return (F.normalize(pred) * scale * self.width.clamp(low, 0.9) - target).square().mean()
    """)
