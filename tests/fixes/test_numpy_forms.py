"""Each form of a numpy call: what the fix makes of it gives the same number under torch, with a gradient.

A form that torch does not have is not translated; which those are is not asked here.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from chainrule import analyze
from chainrule.edits import apply
from chainrule.findings import Applicability

# `a` is a (4, 3) array.
FORMS = """
np.mean(a)
np.mean(a, 0).sum()
np.mean(a, axis=(0, 1))
np.sum(a, axis=1, keepdims=True).mean()
np.max(a)
np.max(a, axis=0).sum()
np.amin(a, axis=1).sum()
a.max(axis=0).sum()
a.max()
a.min(0).sum()
np.std(a)
np.std(a, axis=0).sum()
np.std(a, ddof=1)
a.std()
a.std(axis=1).sum()
a.var(0, ddof=1).sum()
np.var(a, 1).sum()
np.cumsum(a)[-1]
np.cumsum(a, axis=1).sum()
a.cumsum()[3]
a.cumsum(0).sum()
np.cumprod(a)[2]
np.prod(a)
np.prod(a, axis=1).sum()
a.prod(axis=(0, 1))
np.tile(a, 2).sum()
np.tile(a, (2, 1)).sum()
np.repeat(a, 2, axis=0).sum()
np.repeat(a, 2).sum()
a.repeat(2, axis=0)[1, 0]
a.repeat(3)[1]
np.flip(a)[0, 0]
np.flip(a, axis=1)[0, 0]
np.flip(a, (0, 1))[0, 0]
np.roll(a, 1)[0, 0]
np.roll(a, 1, axis=0)[0, 0]
np.roll(a, shift=1, axis=1)[0, 0]
np.reshape(a, -1)[3]
np.reshape(a, (3, 4))[1, 1]
a.reshape(-1)[2]
a.reshape(3, 4)[2, 1]
a.reshape((3, 4))[2, 1]
a.ravel()[3]
a.flatten()[3]
np.ravel(a)[3]
np.transpose(a)[1, 2]
np.transpose(a, (1, 0))[1, 2]
a.transpose()[1, 2]
a.transpose(1, 0)[1, 2]
a.T[1, 2]
np.swapaxes(a, 0, 1)[1, 2]
np.median(a)
np.median(a, axis=0).sum()
np.quantile(a, 0.3)
np.quantile(a, 0.3, axis=1).sum()
np.percentile(a, 30)
np.quantile(a, q=0.3)
np.sort(a)[0, 0]
np.sort(a, axis=0)[0, 0]
np.sort(a, axis=None)[3]
a[np.argsort(a[:, 0])][0, 1]
np.argmax(a) * a.mean()
np.clip(a, 0.2, 0.8).sum()
np.clip(a, a_min=0.2, a_max=0.8).sum()
np.clip(a, 0.2, None).sum()
a.clip(0.2, 0.5).sum()
a.clip(min=0.4).sum()
a.clip(max=0.4).sum()
np.maximum(a, 0.5).sum()
np.maximum(0.5, a).sum()
np.minimum(a, a.mean()).sum()
np.maximum(a, a.T.T).sum()
np.cov(a)[0, 1]
np.cov(a, rowvar=False)[0, 1]
np.cov(a, ddof=0)[0, 1]
np.corrcoef(a)[0, 1]
np.corrcoef(a[:, 0], a[:, 1])[0, 1]
np.cov(a, bias=True)[0, 1]
np.cov(a[0], a[1])[0, 1]
np.diff(a).sum()
np.diff(a, axis=0).sum()
np.diff(a, n=2).sum()
np.diff(a, n=1, axis=1).sum()
np.dot(a, a.T).sum()
np.dot(a[0], a[1])
a.dot(a.T).sum()
np.matmul(a, a.T).sum()
a @ a.T @ a[:, 0] @ np.ones(4, dtype=np.float32)
np.inner(a, a).sum()
np.outer(a[0], a[1]).sum()
np.outer(a, a).sum()
np.vdot(a[0], a[1])
np.einsum("ij,kj->ik", a, a).sum()
np.einsum("ij,kj->ik", a, a, optimize=True).sum()
np.kron(a, a).sum()
np.linalg.norm(a)
np.linalg.norm(a, axis=1).sum()
np.linalg.norm(a, ord=1, axis=1).sum()
np.linalg.norm(a, 1)
np.linalg.norm(a, 1, 1).sum()
np.linalg.norm(a, axis=1, keepdims=True).sum()
np.linalg.det(a @ a.T + np.eye(4))
np.linalg.inv(a @ a.T + np.eye(4)).sum()
np.linalg.slogdet(a @ a.T + np.eye(4))[1]
np.linalg.svd(a)[1].sum()
np.linalg.svd(a, compute_uv=False).sum()
np.linalg.svd(a, full_matrices=False)[1].sum()
np.linalg.eigvalsh(a @ a.T).sum()
np.linalg.qr(a)[1].sum()
np.linalg.solve(a @ a.T + np.eye(4), a).sum()
np.linalg.eigh(a @ a.T)[0].sum()
np.linalg.pinv(a).sum()
np.where(a > 0.5, a, 0.0).sum()
np.where(a > 0.5, a, a ** 2).sum()
np.where(a > 0.5)[0].sum() * a.mean()
a[np.where(a[:, 0] > 0)[0]].sum()
a[a > 0.3].sum()
np.abs(a[a > 0.3]).mean()
np.stack([a, a]).sum()
np.stack([a, a], axis=1).mean()
np.concatenate([a, a]).mean()
np.concatenate([a, a], axis=1).mean()
np.concatenate((a, a), 1).mean()
np.vstack([a, a]).mean()
np.hstack((a, a)).mean()
np.array([a.mean(), a.max()]).sum()
np.array([r.sum() for r in a]).mean()
np.column_stack([a[:, 0], a[:, 1]]).mean()
np.expand_dims(a, 0).mean()
np.expand_dims(a, axis=1).mean()
np.squeeze(a[:1]).mean()
np.squeeze(a[:1], axis=0).mean()
a[None].squeeze(0).mean()
a[:, np.newaxis].mean()
a[..., None].mean()
np.power(a, 2).mean()
np.power(2, a).mean()
np.square(a).mean()
np.sqrt(a).mean()
np.exp(-a).mean()
np.log(a + 1).mean()
np.log1p(a).mean()
np.abs(a - 0.5).mean()
np.sign(a).mean() * a.mean()
np.tanh(a).mean()
np.arctan2(a, a.mean()).sum()
np.hypot(a, 1.0).sum()
np.logaddexp(a, a).sum()
np.mod(a, 0.3).sum()
np.fmod(a, 0.3).sum()
np.floor_divide(a, 0.3).sum() + a.sum()
np.remainder(a, 0.3).sum()
a.astype(np.float64).mean()
a.astype(int).sum() + a.mean()
a.astype("float32").mean()
a.astype(np.int64).sum() + a.mean()
a.copy().mean()
a.size * a.mean()
len(a) * a.mean()
a.shape[0] * a.mean()
a.ndim * a.mean()
a.nbytes * a.mean()
float(a.mean())
a.mean().item()
float(np.mean(a))
np.float32(a.mean())
np.float64(a.sum())
np.histogram(a, bins=3)[0].sum() * a.mean()
np.unique(a).sum()
np.interp(a[0], [0, 1], [0, 2]).sum()
np.convolve(a[0], a[1]).sum()
np.gradient(a[0]).sum()
np.cross(a[0], a[1]).sum()
np.digitize(a[0], [0.5]).sum() * a.mean()
np.average(a)
np.average(a[0], weights=[1, 2, 3])
np.nanmean(a)
np.nansum(a, axis=0).sum()
np.ptp(a)
np.argsort(a, axis=0).sum() * a.mean()
np.trace(a[:3])
np.diag(a[:3]).sum()
np.triu(a, 1).sum()
np.tril(a, k=-1).sum()
np.eye(4)[0] @ a @ np.ones(3, dtype=np.float32)
np.zeros((2, 2)).sum() + a.mean()
np.arange(3) @ a.T @ np.ones(4)
np.linspace(0, 1, 3) @ a.T @ np.ones(4)
np.linspace(0, 1, num=3) @ a.T @ np.ones(4)
np.full((3,), 2.0) @ a.T @ np.ones(4)
np.ones_like(a).mean() * a.mean()
np.zeros(3) @ a.T @ np.ones(4) + a.mean()
np.fft.fft(a[0]).real.sum()
np.abs(np.fft.rfft(a)).sum()
np.abs(np.fft.rfft(a, axis=0)).sum()
np.abs(np.fft.rfft(a, n=8)).sum()
np.angle(np.fft.rfft(a)).sum()
np.real(np.fft.fft(a[0])).sum()
np.abs(np.fft.fft2(a)).sum()
np.fft.irfft(np.fft.rfft(a)).sum()
np.any(a > 2) * a.mean()
np.all(a > 0) * a.mean()
np.isnan(a).sum() + a.mean()
np.nan_to_num(a).mean()
np.count_nonzero(a > 0.5) * a.mean()
np.sum(a > 0.5) * a.mean()
np.sum(a, where=a > 0.5)
np.mean([a.mean(), a.max()])
np.sum([r.mean() for r in a])
np.max([r.mean() for r in a])
sum(a[0])
max(a[0])
np.mean(np.abs(a), axis=-1).max()
np.round(a, 2).sum() + a.sum()
np.around(a).sum() + a.sum()
np.rint(a).sum() + a.sum()
a.round(2).sum() + a.sum()
a.sum(axis=(0, 1))
a.mean(axis=1, dtype=np.float64).sum()
a.sum(1, keepdims=True).mean()
a.argmax() * a.mean()
a.argsort(axis=0).sum() * a.mean()
a.tolist()[0][0]
a[0].tolist()[1]
a.any() * a.mean()
a.trace()
a.diagonal().sum()
a.take([0, 1]).sum()
a.take(0, axis=1).sum()
a.nonzero()[0].sum() * a.mean()
a.fill(1.0) or a.mean()
a.item(0)
a.swapaxes(0, 1)[1, 2]
a.conj().sum()
a.real.sum()
a.view().sum()
a.squeeze().sum()
np.atleast_2d(a[0]).sum()
np.broadcast_to(a[0], (2, 3)).sum()
np.split(a, 2)[0].sum()
np.array_split(a, 3)[0].sum()
np.split(a, 2, axis=0)[1].sum()
np.meshgrid(a[0], a[1])[0].sum()
np.take(a, [0, 1], axis=0).sum()
np.take_along_axis(a, np.argsort(a, axis=1), axis=1)[0, 0]
np.apply_along_axis(np.sum, 0, a).sum()
np.vectorize(float)(a).sum()
np.ones(3) * 2 @ a.T @ np.ones(4)
np.pad(a, 1).sum()
np.asarray(a).mean()
np.ascontiguousarray(a).mean()
np.asarray(a, dtype=np.float64).mean()
np.array(a).mean()
np.array(a, dtype=float).mean()
np.array(a, dtype=int).sum() + a.mean()
np.float32(a).mean()
np.tensordot(a, a, axes=([1], [1])).sum()
np.outer(a, a[0]).sum()
np.array([a.mean(), 0.5]).sum()
"""


@pytest.mark.parametrize("form", FORMS.strip().splitlines())
def test_the_form_in_torch(form: str) -> None:
    text = (
        "import numpy as np\nimport torch\n\n\ndef part_loss(pred):\n"
        f"    a = pred.detach().cpu().numpy()\n    return torch.tensor({form})\n"
    )
    torch.manual_seed(0)
    pred = torch.rand(4, 3)
    before = float(_loss(text, pred))
    (finding, *_) = analyze(text).findings
    offered = [fix for fix in finding.fixes if fix.edits]
    if not offered:
        assert finding.fixes[0].reason
        return
    leaf = pred.clone().requires_grad_()
    after = _loss(apply(text, offered[0].edits), leaf)
    assert float(after) == pytest.approx(before, rel=1e-3, abs=1e-4)
    after.backward()
    assert leaf.grad is not None
    assert offered[0].applicability is Applicability.SAFE


def _loss(text: str, pred: torch.Tensor) -> torch.Tensor:
    space: dict[str, Any] = {"np": np}
    exec(text, space)
    loss = space["part_loss"](pred)
    assert isinstance(loss, torch.Tensor)
    return loss
