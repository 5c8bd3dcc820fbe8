"""What public libraries write and what looks like it: the one stays silent, the other is found."""

from __future__ import annotations

from chainrule import analyze
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


def test_a_branch_that_a_setting_decides() -> None:
    check("""
        from models import BaseModel, losses

        class Model(BaseModel):
            def optimize_parameters(self, batch):
                score = self.net(batch)
                total = 0
                if self.compares:
                    total += F.mse_loss(score, self.goal)
                total.backward()

            def training_step(self, batch, batch_idx, optimizer_idx):
                result = torch.tensor(0.0)
                if optimizer_idx == 0:
                    result = F.binary_cross_entropy(self.net(batch), torch.ones(3))
                return result

            def regular_loss(self, weight):
                if weight == 0:
                    return 0
                return torch.norm(self.net.weight) * weight
    """)


def test_a_branch_that_data_decides() -> None:
    check("""
        def masked_loss(pred, target, mask):
            if mask.any():
                return F.mse_loss(pred[mask], target[mask])
            return torch.tensor(0.0)  # want CR114
    """)


def test_any_number_of_arguments() -> None:
    check("""
        class SamplesLoss(nn.Module):
            def forward(self, *args):
                weights, x, y = self.process(*args)
                if x.dim() == 2:
                    weights, x, y = weights[None], x[None], y[None]
                return (weights * (x - y) ** 2).sum()

            def process(self, *args):
                if len(args) == 3:
                    return args
                if len(args) == 2:
                    x, y = args
                    return torch.ones(x.shape[0]) / x.shape[0], x, y
                raise ValueError("two or three arguments")
    """)


def test_an_attack_trains_its_own_leaf() -> None:
    check("""
        class Attack:
            def perturb(self, x, y):
                x = x.detach().clone()
                delta = torch.zeros_like(x, requires_grad=True)
                loss = self.loss_fn(self.predict(x + delta), y)
                loss.backward()
                return x + delta.grad.sign()
    """)


def test_a_stopped_value_that_nobody_asks_about() -> None:
    check("""
        def attack_loss(pred, goal):
            moved = pred.detach().clone()  # want CR101
            return F.mse_loss(moved, goal)
    """)


def test_a_float_is_no_dimension() -> None:
    check("""
        def clamp(input, min=None):
            if isinstance(min, (float, int)):
                input = torch.clamp(input, min=min)
            elif isinstance(min, torch.Tensor):
                if min.ndimension() == 1:
                    input = torch.max(input, min.view(1, *min.shape))
                else:
                    input = torch.max(input, min)
            return input

        class Attack:
            def _loss_fn(self, output, y_onehot, const):
                real = (y_onehot * output).sum(dim=1)
                other = ((1.0 - y_onehot) * output - y_onehot * 1e4).max(1)[0]
                if self.targeted:
                    gap = clamp(other - real + self.confidence, min=0.0)
                else:
                    gap = clamp(real - other + self.confidence, min=0.0)
                return torch.sum(const * gap)
    """)


def test_the_root_of_shifted_squares() -> None:
    check("""
        def smoothness_loss(pred, target):
            return torch.sqrt(((pred - target + 1e-10) ** 2).sum(1)).mean()

        def distance_loss(pred, target):
            return torch.sqrt(((pred - target) ** 2).sum(1)).mean()  # want CR301
    """)


def test_a_line_search() -> None:
    check("""
        class LineSearch(torch.optim.Optimizer):
            def _compute_search_direction(self):
                slope = 0
                for point in self._params:
                    slope -= torch.sum(point.grad * point.grad)
                if slope >= 0:
                    slope = 0
                    for point in self._params:
                        slope -= torch.sum(point.grad * point.grad)
                return slope
    """)


def test_a_file_of_metrics() -> None:
    text = "import torch\n\ndef rmse(inp, targ):\n    return torch.sqrt(((inp - targ) ** 2).mean())\n"
    assert not analyze(text, "library/metrics.py").findings
    assert analyze(text, "library/training.py").findings


def test_numpy_of_what_a_callable_makes_of_arrays() -> None:
    # The images lose their graph before the embedder is called: it makes arrays of arrays.
    check("""
        import numpy as np

        def similarity(first, second, embed):
            one, other = embed(first), embed(second)
            return np.dot(one, other) / np.linalg.norm(one)

        def identity_loss(generated, images, embed):
            made = [image.detach().cpu().numpy() for image in generated]  # want CR101
            given = [image.numpy() for image in images]
            scores = [similarity(a, b, embed) for a, b in zip(made, given)]
            return 1 - torch.tensor(scores, dtype=torch.float32).mean()
    """)


def test_numpy_of_what_a_callable_makes_of_tensors() -> None:
    check("""
        import numpy as np

        def identity_loss(generated, target, embed):
            return torch.tensor(np.dot(embed(generated), target))  # want CR106
    """)


def test_a_target_that_is_stopped_before_numpy_adds_up_the_losses() -> None:
    check("""
        import numpy as np

        features = nn.Conv2d(3, 4, 3).requires_grad_(False)

        def style_loss(image, style):
            wanted = features(style).detach()
            losses = [F.mse_loss(features(image), wanted), features(image).abs().mean()]
            return np.sum(losses)  # want CR106 "`image`"
    """)
