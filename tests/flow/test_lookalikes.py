"""What stands in correct libraries and looks like a fault."""

from __future__ import annotations

from flow.checking import check


def test_a_codebook_and_its_commitment() -> None:
    check("""
        class Quantizer(nn.Module):
            def __init__(self, size, dim):
                super().__init__()
                self.codes = nn.Embedding(size, dim)

            def forward(self, inputs):
                index = torch.cdist(inputs, self.codes.weight).argmin(1)
                chosen = F.one_hot(index, 8).float() @ self.codes.weight
                pulled = F.mse_loss(chosen.detach(), inputs)
                pulling = F.mse_loss(chosen, inputs.detach())
                loss = pulling + 0.25 * pulled
                return loss, inputs + (chosen - inputs).detach()
    """)


def test_arguments_that_are_annotated_as_arrays_and_numbers() -> None:
    check("""
        import numpy as np
        import numpy.typing as npt

        def segment_loss_weight_of(steps: npt.NDArray[np.bool_], count: int):
            return np.where(steps.reshape(-1, count), 0.0, 1.0).mean()

        def region_loss(corners: tuple[int, ...], pred):
            width = round(corners[0] / 2)
            return pred[:width].mean()

        def open_loss(steps, pred):
            return np.where(pred > 0, pred, 0.0).mean()  # want CR106
    """)


def test_actions_that_are_only_looked_up() -> None:
    check("""
        class Agent:
            def __init__(self, actor, optimizer):
                self.actor, self.optimizer = actor, optimizer

            def update(self, obs, actions, rewards):
                if actions.ndim == 1:
                    actions = actions.unsqueeze(-1)
                actions = actions.long()
                values = self.actor(obs).gather(1, actions)
                return F.mse_loss(values, rewards)
    """)


def test_what_a_step_with_manual_backward_passes_returns() -> None:
    check("""
        class Wrapper(nn.Module):
            def __init__(self, net):
                super().__init__()
                self.net = net

            def training_step(self, batch, index):
                x, y = batch
                features = self.net(x)
                self.manual_backward(F.mse_loss(features, y))
                return features.pow(2).mean()

            def train_step(self, batch, index):
                x, y = batch
                features = self.net(x)
                F.mse_loss(features, y).backward()  # want CR503
                return features.pow(2).mean()
    """)


def test_a_pass_before_a_return_is_over() -> None:
    check("""
        def step(net, head, x, y, optimizer, warm: bool):
            features = net(x)
            if warm:
                loss = F.mse_loss(features, y)
                loss.backward()
                optimizer.step()
                return
            loss = F.mse_loss(head(features), y)
            loss.backward()
            optimizer.step()
    """)


def test_a_graph_that_only_the_last_round_frees() -> None:
    check("""
        def hessian(energy, x, keep=None):
            forces = torch.autograd.grad(energy.sum(), x, create_graph=True)[0]
            rows, wanted = [], True
            for index, part in enumerate(forces.unbind(1)):
                if index == forces.shape[1] - 1:
                    wanted = keep
                rows.append(torch.autograd.grad(part.sum(), x, retain_graph=wanted)[0])
            return torch.stack(rows)
    """)


def test_a_number_that_is_reported_beside_what_trains() -> None:
    check("""
        def epoch(model, batches, optimizer):
            for x, y in batches:
                loss = F.mse_loss(model(x), y)
                rmse = loss ** 0.5
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            return {"loss": loss.item(), "rmse": rmse}

        def rooted(model, batches, optimizer):
            for x, y in batches:
                loss = F.mse_loss(model(x), y) ** 0.5  # want CR301
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
    """)


def test_a_divisor_that_was_asked_about() -> None:
    check("""
        def declip_loss(signal):
            peak = torch.max(torch.abs(signal))
            if peak > 1.0:
                signal = signal / peak
            return signal.pow(2).mean()

        def peak_loss(signal):
            return (signal / torch.max(torch.abs(signal))).pow(2).mean()  # want CR304
    """)


def test_a_graph_that_forward_has_recorded_for_backward() -> None:
    check("""
        class Energies(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x, net):
                with torch.enable_grad():
                    ctx.given = x.detach().requires_grad_()
                    ctx.out = net(ctx.given)
                return ctx.out.detach()

            @staticmethod
            def backward(ctx, grad):
                return torch.autograd.grad(ctx.out, ctx.given, grad)[0], None

        class Late(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                ctx.save_for_backward(x)
                return x * 2

            @staticmethod
            def backward(ctx, grad):
                (x,) = ctx.saved_tensors
                return torch.autograd.grad((x * 2).sum(), x)[0] * grad  # want CR603
    """)


def test_times_that_a_helper_may_call() -> None:
    check("""
        def default(value, other):
            return value if value is not None else other() if callable(other) else other

        def p_losses(unet, start, times, aug_times=None):
            aug_times = default(aug_times, times)
            scale = torch.sqrt(torch.sigmoid(aug_times))
            return F.mse_loss(unet(start * scale, times), start)
    """)


def test_an_entropy_that_only_weighs_a_temperature() -> None:
    check("""
        class Critic:
            def update_temp(self, log_prob):
                with torch.no_grad():
                    target = log_prob - self.size
                loss = -(next(self.modules.parameters()).exp() * target).mean()
                loss.backward()
                self.modules.step()

        def update_entropy(log_prob, size):
            with torch.no_grad():  # want CR102
                target = log_prob - size
            loss = -(2.0 * target).mean()
            loss.backward()
    """)


def test_a_model_that_only_says_what_is_padding() -> None:
    check("""
        def latency_loss(model, sample, net_output):
            delays = torch.sum(net_output[0], dim=-1)
            padding = model.get_targets(sample, net_output).eq(0)
            return (delays * METRICS["mean"](delays, padding)).sum()
    """)


def test_the_loss_of_a_discriminator_that_judges_a_stopped_fake() -> None:
    check("""
        from networks import Discriminator

        class Adversary:
            def __init__(self):
                self.judges = Discriminator()

            def discriminator_loss(self, fake, real):
                return (self.judges(fake.detach()) ** 2).mean() + ((1 - self.judges(real)) ** 2).mean()

        def discriminator_loss(fake_score, real_score):
            return (fake_score.detach() ** 2).mean()  # want CR101
    """)


def test_a_regression_is_no_regularizer() -> None:
    check("""
        class ConformalRegModel(nn.Module):
            def __init__(self, model):
                super().__init__()
                self.model = model

            @torch.no_grad()
            def forward(self, inputs):
                low = self.model(inputs)[:, 0]
                return torch.stack((low, low + 1), dim=-1)
    """)


def test_networks_that_a_library_makes_with_settings() -> None:
    check("""
        import zoo

        class Contrast(nn.Module):
            def __init__(self, name: str):
                super().__init__()
                self.augment = zoo.Augment(name)
                self.backbone = zoo.create(self.hparams["model"])

            def training_step(self, batch, index):
                with torch.no_grad():
                    one, other = self.augment(batch), self.augment(batch)
                return F.mse_loss(self.backbone(one), self.backbone(other))

        class Still(nn.Module):
            def __init__(self, name: str):
                super().__init__()
                self.augment = zoo.Augment(name)

            def training_step(self, batch, index):
                with torch.no_grad():  # want CR102
                    one, other = self.augment(batch), self.augment(batch)
                return F.mse_loss(one, other)
    """)


def test_losses_that_a_loop_puts_into_a_table() -> None:
    check("""
        class HeadsLoss(nn.ModuleDict):
            def __init__(self, heads):
                super().__init__()
                self.weights = {name: 1.0 for name in heads}
                for name, loss in heads.items():
                    self.add_module(name, loss)

            def forward(self, preds: dict[str, torch.Tensor], targets: dict[str, torch.Tensor]):
                if preds.keys() - {"edge"} != targets.keys():
                    raise ValueError("heads")
                total = 0.0
                for name, loss in self.items():
                    total = total + loss(preds[name], targets[name]) * self.weights[name]
                return total
    """)


def test_what_logs_a_number() -> None:
    check("""
        class LogScalar:
            def reduced(self, x):
                return x.float().mean()

            def __call__(self, batch) -> dict:
                x = batch.get("reward")
                return {"reward": self.reduced(x).item()}
    """)


def test_a_network_in_the_place_of_none() -> None:
    check("""
        class Evaluator:
            def __init__(self):
                self.head = None

            def setup(self, size):
                self.head = make_head(size)

            def shared_step(self, module, x, y):
                with torch.no_grad():
                    features = module(x)
                return F.cross_entropy(self.head(features), y)

        def shared_step(module, x, y):
            with torch.no_grad():  # want CR102
                features = module(x)
            return F.cross_entropy(features, y)
    """)


def test_what_is_made_for_a_loss() -> None:
    check("""
        from copy import deepcopy

        class Estimator:
            def __init__(self, actor):
                self.actor = actor

            @classmethod
            def for_loss(cls, loss_module):
                return cls(deepcopy(loss_module.actor_network))
    """)


def test_a_place_that_a_layer_finds_is_looked_at() -> None:
    """Each round reads the answer's place anew; both layers learn from terms of their own."""
    check("""
        class Pointer(nn.Module):
            def __init__(self):
                super().__init__()
                self.first = nn.Linear(8, 1)
                self.last = nn.Linear(16, 1)

            def loss(self, hidden, start, end):
                rows = torch.arange(hidden.shape[0])
                alpha = self.first(hidden).squeeze(-1)
                begin = alpha.argmax(dim=1)
                seen = hidden[rows, begin].unsqueeze(1).expand_as(hidden)
                beta = self.last(torch.cat([hidden, seen], dim=2)).squeeze(-1)
                return F.cross_entropy(alpha, start) + F.cross_entropy(beta, end)
    """)
