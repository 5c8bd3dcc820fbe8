"""Questions about types are answered by what a call hands over."""

from __future__ import annotations

from flow.checking import check


def test_a_list_is_no_tensor() -> None:
    check("""
        def as_tensor(data):
            if torch.is_tensor(data):
                return data
            return torch.as_tensor(data)  # want CR107 "reaches `rho`"

        def fit_loss(slope, rho, wanted):
            return (as_tensor([slope, rho]) - as_tensor(wanted)).pow(2).mean()
    """)


def test_one_of_several_types() -> None:
    check("""
        from collections.abc import Sequence

        def stacked(parts):
            if isinstance(parts, (torch.Tensor, nn.Parameter)):
                return parts
            if isinstance(parts, Sequence):
                return torch.tensor([float(part) for part in parts])  # want CR105 "flux"
            raise TypeError(parts)

        def fit_loss(flux, sky, counts):
            return (stacked((flux, sky)) - counts).square().sum()
    """)


def test_what_handles_lists_as_it_should() -> None:
    check("""
        def stacked(parts):
            if not isinstance(parts, (list, tuple)):
                return torch.as_tensor(float(parts))
            return torch.stack(list(parts))

        def as_list(parts):
            return [parts.item()] if torch.is_tensor(parts) else list(parts)

        def fit_loss(flux, sky, counts):
            return (stacked((flux, sky)) - counts).square().sum() + sum(as_list([flux, sky]))
    """)


def test_an_argument_may_be_either() -> None:
    check("""
        def energy_loss(pred, target):
            if isinstance(pred, (list, tuple)):
                pred = torch.stack(list(pred))
            if torch.is_tensor(target):
                target = target.detach()
            return (pred - target).square().mean()
    """)


def test_what_gets_gradient_is_floating() -> None:
    check("""
        def prepared(t, level=0.5):
            if t.is_floating_point():
                t = t.sigmoid() > level  # want CR103 "`self.head.weight`"
            return t.flatten().float()

        class Segmenter(nn.Module):
            def __init__(self):
                super().__init__()
                self.head = nn.Conv2d(3, 1, 1)

            def loss(self, image, mask):
                found, mask = prepared(self.head(image)), mask.flatten().float()
                return 1 - 2 * (found * mask).sum() / (found.sum() + mask.sum() + 1)
    """)


def test_one_of_two_lists() -> None:
    check("""
        def by_label(scores, labels):
            positive, negative = [], []
            for s, y in zip(scores.tolist(), labels.tolist()):  # want CR105 "`scores`"
                (positive if y else negative).append(s)
            return positive, negative

        def ranking_loss(scores, labels):
            positive, negative = by_label(scores, labels)
            return torch.tensor([max(0.0, 1 - p + n) for p in positive for n in negative]).mean()

        def soft_ranking_loss(scores, labels):
            groups = {True: [], False: []}
            for s, y in zip(scores, labels.tolist()):
                groups[bool(y)].append(s)
            return sum(F.softplus(n - p) for p in groups[True] for n in groups[False])
    """)


def test_a_share_that_becomes_a_place() -> None:
    check("""
        def zoom_loss(box, image, template):
            left, right = (int(v * image.shape[-1]) for v in box)  # want CR105 "`box`"
            return (image[..., left:right].mean() - template.mean()).square()

        def span_loss(spans, hidden, wanted):
            parts = [hidden[int(a) : int(b)].mean(0) for a, b in spans]
            return F.mse_loss(torch.stack(parts), wanted)
    """)


def test_what_a_setting_is() -> None:
    check("""
        class Overlap(nn.Module):
            def __init__(self, level=0.5):
                super().__init__()
                self.level = level

            def forward(self, pred, mask):
                p = pred.sigmoid()
                if isinstance(self.level, (int, float)):
                    p = (p > self.level).float()  # want CR103 "default `level=0.5`"
                return 1 - 2 * (p * mask).sum() / (p.sum() + mask.sum() + 1)
    """)


def test_what_learns_has_the_methods_of_tensors() -> None:
    check("""
        def clean(value):
            return value.detach() if hasattr(value, "detach") else value  # want CR101 "`pred`"

        def distance_loss(pred, target):
            return (clean(pred) - clean(target)).abs().mean()

        def weighed_loss(pred, target):
            scale = target.numpy() if hasattr(target, "numpy") else target
            return ((pred - target).abs() * float(scale.mean())).mean()
    """)
