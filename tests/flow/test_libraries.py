"""What public libraries write and what looks like it: the one stays silent, the other is found."""

from __future__ import annotations

from flow.checking import check


def test_an_attribute_of_an_unseen_base_class() -> None:
    check("""
        import numpy as np
        from vocoders import BaseVocoder

        class Upsampling(nn.Module):
            def __init__(self, scales, pad):
                super().__init__()
                self.total = np.cumprod(scales)[-1]
                self.cut = pad * self.total

            def forward(self, mels):
                return mels[:, self.cut : -self.cut]

        class Vocoder(BaseVocoder):
            def __init__(self, config):
                super().__init__(config)
                self.last = nn.Linear(self.args.width, 3)
                self.upsampling = Upsampling(self.args.scales, self.args.pad)

            def train_step(self, batch, criterion):
                lengths = batch["lengths"] // self.reduction
                y_hat = self.last(batch["wave"]) + self.upsampling(batch["mels"])
                return criterion(y_hat, batch["coarse"], lengths)
    """)


def test_a_layer_is_rounded_beside_an_unseen_attribute() -> None:
    check("""
        from vocoders import BaseVocoder

        class Vocoder(BaseVocoder):
            def __init__(self, config):
                super().__init__(config)
                self.last = nn.Linear(self.args.width, 3)

            def train_step(self, batch, criterion):
                y_hat = self.last(batch["wave"]) // self.reduction  # want CR112
                return criterion(y_hat, batch["coarse"])
    """)


def test_a_criterion_that_trains_nothing() -> None:
    check("""
        def stop_criterion(epoch, patience, best):
            return epoch > patience + best

        def noise_criterion(blocks: torch.Tensor, window: int):
            return (blocks.std(dim=1) < 0.1).any(dim=1)

        class AtomCriterion:
            def __call__(self, dataset):
                return [sample["atoms"].item() for sample in dataset]
    """)


def test_a_criterion_that_trains() -> None:
    check("""
        def criterion(output, target):
            return (output.argmax(dim=1) == target).float().mean()  # want CR104

        class Criterion:
            def __call__(self, logits, labels):
                return (logits > labels).float().mean()  # want CR103
    """)


def test_a_surrogate_that_is_no_loss() -> None:
    check("""
        def surrogate_bypass(potential):
            return (potential > 0).float()
    """)


def test_a_surrogate_that_is_a_loss() -> None:
    check("""
        def clipped_surrogate(ratio, advantages):
            return -((ratio > 1).float() * advantages).mean()  # want CR103
    """)


def test_tools_among_the_arguments() -> None:
    check("""
        from collections.abc import Iterable

        def actions_loss(tokenizer, predicted, goal):
            decoded = torch.tensor(tokenizer.decode(goal.tolist()))
            return F.l1_loss(predicted, decoded)

        class Trainer:
            def fit_step(self, generator: Iterable, model):
                return sum(model(torch.from_numpy(batch)).mean() for batch in generator)
    """)


def test_an_exponent_called_p() -> None:
    check("""
        import numpy as np

        def minkowski_loss(pred, target, p, q):
            return torch.norm(pred - target + 1e-3, p=1) / np.power(2, p)
    """)


def test_two_distributions_called_p_and_q() -> None:
    check("""
        def divergence_loss(p, q):
            return (p * (q.log() - p.log())).sum().item()  # want CR105
    """)


def test_steps_written_into_parameters() -> None:
    check("""
        def adam_step(p, lr, mom, step, grad_avg, sqr_avg, eps):
            debias = 1 - mom**step
            p.data.addcdiv_(grad_avg, (sqr_avg / debias).sqrt() + eps, value=-lr / debias)
            return p

        def random_start(delta, x, clip_min, clip_max):
            delta.data.uniform_(clip_min, clip_max)
            delta.data = delta.data - x
            return delta.data
    """)


def test_activations_in_a_list_that_a_loop_fills() -> None:
    check("""
        def make_layers(cfg):
            layers = []
            before = 3
            for v in cfg:
                if v == "M":
                    layers += [nn.MaxPool2d(2)]
                else:
                    conv = nn.Conv2d(before, v, 3)
                    layers += [conv, nn.ReLU(inplace=True)]
                    before = v
            return nn.Sequential(*layers)

        class Quality(nn.Module):
            def __init__(self):
                super().__init__()
                cfg = [32, 32, "M", 64, 64, "M"]
                self.features = make_layers(cfg)
                self.q = nn.Sequential(nn.Linear(3, 3), nn.ReLU(inplace=True), nn.Linear(3, 1))

            def extract(self, x):
                h = self.features(x)
                return h.reshape(-1, 2, 3)

            def forward(self, x):
                h = self.extract(x)
                q = self.q(h)
                return q.mean()
    """)


def test_an_activation_in_place_after_one_that_keeps_its_result() -> None:
    check("""
        class Quality(nn.Module):
            def __init__(self):
                super().__init__()
                self.features = nn.Sequential(nn.Linear(3, 3), nn.Sigmoid(), nn.ReLU(inplace=True))

            def loss(self, x, target):
                return F.mse_loss(self.features(x).mean(), target)  # want CR501
    """)
