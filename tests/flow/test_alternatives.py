"""A loss that trains on one branch of a setting and not on another."""

from __future__ import annotations

from chainrule import analyze
from chainrule.findings import Severity
from flow.checking import check


def test_a_reduction() -> None:
    check("""
        def pixel_loss(pred, target, reduction="mean"):
            error = (pred - target) ** 2
            if reduction == "mean":
                return error.mean().round()  # want CR201 "exactly zero .with the default `reduction='mean'`"
            if reduction == "sum":
                return error.sum().detach()  # want CR101 "no gradient reaches `pred` where this branch"
            return error
    """)


def test_a_branch_is_a_warning() -> None:
    report = analyze(
        "import torch\n\ndef pixel_loss(pred, target, mean):\n    error = (pred - target).abs()\n"
        "    if mean:\n        return error.mean().long()\n    return error.sum()\n"
    )
    assert [(f.code, f.severity) for f in report.findings] == [("CR108", Severity.WARNING)]


def test_a_branch_before_another() -> None:
    check("""
        class TverskyLoss(nn.Module):
            def forward(self, pred, target):
                if self.sigmoid:
                    pred = torch.sigmoid(pred)
                if self.softmax:
                    if pred.shape[1] == 1:
                        print("one channel")
                    else:
                        pred = pred.argsort(1).float()  # want CR104 "where this branch is taken"
                return (pred * target).sum() / (pred + target).sum().clamp(min=1)
    """)


def test_a_trip_through_numpy() -> None:
    check("""
        def shape_loss(pred, target, mean=True):
            error = (pred - target).abs()
            if mean:
                value = error.mean().detach().numpy()  # want CR101 "with the default `mean=True`"
                return torch.from_numpy(value)
            return error
    """)


def test_an_option_to_stop_the_gradient() -> None:
    check("""
        def feature_loss(features, target, freeze=False):
            if freeze:
                features = features.detach()
            return F.mse_loss(features, target)
    """)


def test_another_term_trains_on_that_branch() -> None:
    check("""
        def gated_loss(pred, target, hard=False):
            gate = torch.sigmoid(pred)
            if hard:
                gate = (gate > 0.5).float()
            return F.mse_loss(pred, target) + (gate * target).mean()
    """)


def test_a_weight_beside_the_cost() -> None:
    check("""
        def robust_loss(residual, kind, scale):
            if kind == "cauchy":
                return 1.0 / (1.0 + residual / scale), torch.log1p(residual / scale)
            return (residual < scale).to(residual.dtype), torch.fmin(residual, scale)
    """)


def test_the_share_of_a_warm_up() -> None:
    check("""
        from training import hub

        def ramp_loss(pred, target):
            error = (pred.detach() - target).square().mean()  # want CR101
            return error * min(hub.get_info("iter") / 10, 1.0)
    """)


def test_values_that_one_branch_sets_together() -> None:
    check("""
        class Information(nn.Module):
            def __init__(self, kernel="gaussian"):
                super().__init__()
                self.kernel = kernel

            def windows(self, x):
                if self.kernel == "gaussian":
                    near, share = self.near(torch.round(x))  # want CR201
                elif self.kernel == "spline":
                    near, share = self.spline(x)
                else:
                    raise ValueError(self.kernel)
                return near, share

            def near(self, x):
                w = torch.exp(-(x[..., None] - torch.linspace(0, 1, 5)).square())
                return w, w.mean(1)

            def spline(self, x):
                w = (1 - (x[..., None] - torch.linspace(0, 1, 5)).abs()).relu()
                return w, w.mean(1)

            def forward(self, pred, target):
                a, pa = self.windows(pred)
                b, pb = self.near(target)
                joint = torch.bmm(a.transpose(1, 2), b)
                return F.mse_loss(joint, pa[..., None] * pb[:, None])

        class InformationLoss(Information):
            def forward(self, pred, target):
                return super().forward(pred, target)

        Information("spline")
    """)


def test_a_number_that_is_returned_where_no_dtype_decides() -> None:
    check("""
        def fast(pred):
            return pred.device.type == "cpu"

        def cpu_loss(pred, y):
            return (pred - y).square().mean()

        def region_loss(pred, y):
            if fast(pred):
                return cpu_loss(pred, y)
            wide = pred.float() if pred.dtype == torch.float16 else pred
            return (wide - y).square().mean().item()  # want CR105

        def cast_loss(pred, y):
            if pred.dtype == torch.long:
                return (pred - y).square().float().mean().detach()
            return (pred - y).square().mean()
    """)


def test_a_stop_on_one_of_several_ways() -> None:
    check("""
        class FocalLoss(nn.Module):
            def __init__(self, mode):
                super().__init__()
                self.mode = mode

            def forward(self, y_pred, y_true):
                if self.mode == "binary":
                    y_pred = y_pred.reshape(-1).detach()  # want CR101
                    return F.binary_cross_entropy_with_logits(y_pred, y_true.reshape(-1).float())
                return F.cross_entropy(y_pred, y_true)

        class FeatureLoss(nn.Module):
            def __init__(self, phase="main", freeze=False):
                super().__init__()
                self.phase, self.freeze = phase, freeze

            def forward(self, features, target):
                if self.phase == "frozen":
                    features = features.detach()
                if self.freeze:
                    features = features.detach()
                return F.mse_loss(features, target)
    """)
