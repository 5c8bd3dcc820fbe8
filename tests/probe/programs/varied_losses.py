# ruff: noqa: B905, E501, UP033
"""Losses of many shapes: `# truth` is what each source gets, `# here` the line on which gradient is lost (in the
loss, or in what `# in` names), `# edge` an edge input that makes NaN or inf there."""

from __future__ import annotations

import contextlib
import functools
import math
from collections import namedtuple
from dataclasses import dataclass, field

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

Terms = namedtuple("Terms", "recon kl")


class Head(nn.Module):
    def __init__(self, width=6):
        super().__init__()
        self.project = nn.Linear(width, 3)
        self.gain = nn.Parameter(torch.ones(3))

    def forward(self, h):
        return self.project(h) * self.gain.data  # here


# truth: self.head.project.weight=flows self.head.project.bias=flows self.head.gain=cut
# in: Head
# inputs: h=torch.randn(5, 6), wanted=torch.randint(0, 3, (5,))
class NestedObjective(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = Head()

    def forward(self, h, wanted):
        return F.cross_entropy(self.head(h), wanted)


# truth: first=flows second=cut
# inputs: first=torch.randn(4, 3, requires_grad=True), second=torch.randn(4, 3, requires_grad=True)
def dict_of_terms(first, second):
    near = first.square().mean()
    far = torch.tensor(second.abs().mean().item())  # here
    return {"near": near, "far": far}


# truth: mean=flows log_var=flows
# inputs: mean=torch.randn(4, 2, requires_grad=True), log_var=torch.randn(4, 2, requires_grad=True)
def named_tuple_of_terms(mean, log_var):
    kl = 0.5 * (mean.square() + log_var.exp() - 1 - log_var).sum(1).mean()
    terms = Terms(recon=mean.abs().mean(), kl=kl)
    return terms.recon + terms.kl, terms


# truth: pair.0=cut pair.1=flows
# inputs: pair=(torch.rand(4, 3, requires_grad=True), torch.rand(4, 3, requires_grad=True))
def tuple_argument(pair):
    a, b = pair
    with torch.no_grad():  # here
        scale = a.std()
    return ((b - b.mean()) / scale).pow(4).mean()


# truth: yhat=zero
# inputs: yhat=torch.randn(6, requires_grad=True), **{"y": torch.randn(6), "power": 2.0}
def keyword_options(yhat, *, y, **options):
    step = torch.floor(yhat * options.get("scale", 3.0))  # here
    return (step - y).abs().pow(options["power"]).sum()


class WithClassAttribute:
    temperature = nn.Parameter(torch.tensor(2.0))
    reduce = staticmethod(torch.mean)

    # truth: sims=flows
    # inputs: sims=torch.randn(5, 5, requires_grad=True)
    # instance: WithClassAttribute()
    def contrast(self, sims):
        t = float(self.temperature)
        return self.reduce(torch.logsumexp(sims / t, 1) - sims.diagonal() / t)


def pairs_of(rows):
    for at, row in enumerate(rows):
        for other in rows[at + 1 :]:
            yield (row - other).norm()


# truth: rows=flows
# inputs: rows=torch.randn(4, 3, requires_grad=True)
def generator_of_distances(rows):
    return sum(torch.exp(-d) for d in pairs_of(rows))


# truth: values=flows
# inputs: values=torch.rand(5, requires_grad=True)
def sparse_sum(values):
    where = torch.tensor([[0, 1, 2, 3, 4], [4, 3, 2, 1, 0]])
    matrix = torch.sparse_coo_tensor(where, values, (5, 5))
    return torch.sparse.mm(matrix, torch.ones(5, 2)).square().sum()


# truth: weights=cut
# inputs: weights=torch.rand(5, requires_grad=True)
def sparse_rebuilt(weights):
    where = torch.arange(5).repeat(2, 1)
    matrix = torch.sparse_coo_tensor(where, weights.tolist(), (5, 5))  # here
    return torch.sparse.sum(matrix)


# truth: wave=flows
# inputs: wave=torch.randn(2, 64, requires_grad=True), clean=torch.randn(2, 64)
def spectral_distance(wave, clean):
    ours, theirs = torch.fft.rfft(wave), torch.fft.rfft(clean)
    return (ours.abs() - theirs.abs()).square().mean() + (ours - theirs).abs().mean()


# truth: z=flows
# inputs: z=torch.randn(4, dtype=torch.complex64, requires_grad=True)
def complex_argument(z):
    return (z * z.conj()).real.sum() + z.angle().cos().mean()


# truth: probs=flows
# inputs: probs=torch.rand(4, 3, dtype=torch.bfloat16).requires_grad_(), hit=torch.randint(0, 3, (4,))
def half_precision(probs, hit):
    return F.nll_loss((probs + 1e-3).log(), hit)


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(4, 5, batch_first=True)
        self.out = nn.Linear(5, 3)

    # truth: self.rnn.weight_ih_l0=cut self.rnn.weight_hh_l0=cut self.rnn.bias_ih_l0=cut self.rnn.bias_hh_l0=cut self.out.weight=flows self.out.bias=flows
    # inputs: words=torch.randn(2, 6, 4), tags=torch.randint(0, 3, (2, 6)), lengths=torch.tensor([6, 4])
    # instance: Tagger()
    def tag_loss(self, words, tags, lengths):
        packed = pack_padded_sequence(words, lengths, batch_first=True)
        states, _ = pad_packed_sequence(self.rnn(packed)[0], batch_first=True)
        scores = self.out(states.data.clone().detach())  # here
        return F.cross_entropy(scores.flatten(0, 1), tags.flatten())


# truth: query=cut keys=cut content=flows
# inputs: query=torch.randn(2, 3, 8, requires_grad=True), keys=torch.randn(2, 5, 8, requires_grad=True), content=torch.randn(2, 5, 8, requires_grad=True)
def hard_attention(query, keys, content):
    scores = query @ keys.transpose(1, 2) / math.sqrt(query.size(-1))
    chosen = F.one_hot(scores.argmax(-1), keys.size(1)).to(content)  # here
    return (chosen @ content).square().mean()


# truth: query=flows keys=flows content=flows
# inputs: query=torch.randn(2, 4, 3, 8, requires_grad=True), keys=torch.randn(2, 4, 5, 8, requires_grad=True), content=torch.randn(2, 4, 5, 8, requires_grad=True)
def soft_attention(query, keys, content):
    return F.scaled_dot_product_attention(query, keys, content).pow(2).mean()


@dataclass
class Batch:
    guess: torch.Tensor
    seen: torch.Tensor
    notes: list = field(default_factory=list)


# truth: batch.guess=cut
# inputs: batch=Batch(torch.rand(4, 2, requires_grad=True), torch.rand(4, 2))
def dataclass_argument(batch):
    batch.notes.append(batch.guess.detach().numpy())  # here
    stacked = np.stack(batch.notes).sum(0)
    return torch.from_numpy(stacked - batch.seen.numpy()).square().mean()


# truth: scores=flows
# inputs: scores=torch.randn(6, requires_grad=True)
@functools.lru_cache(maxsize=None)
def cached_penalty(scores):
    return F.softplus(scores).sum()


def frozen(fn):
    @functools.wraps(fn)
    def inner(*args, **kwargs):
        with torch.inference_mode():  # here
            return fn(*args, **kwargs)

    return inner


# truth: est=cut
# in: frozen
# inputs: est=torch.randn(4, requires_grad=True), ref=torch.randn(4)
@frozen
def decorated_with_no_grad(est, ref):
    return (est - ref).abs().sum()


# truth: boxes=flows
# edge: boxes equal to gold
# inputs: boxes=torch.cat([torch.rand(4, 2), torch.rand(4, 2) + 1], 1).requires_grad_(), gold=torch.cat([torch.rand(4, 2), torch.rand(4, 2) + 1], 1)
def box_distance(boxes, gold):
    low = torch.maximum(boxes[:, :2], gold[:, :2])
    high = torch.minimum(boxes[:, 2:], gold[:, 2:])
    inter = (high - low).clamp(min=0).prod(1)
    area = (boxes[:, 2:] - boxes[:, :2]).prod(1) + (gold[:, 2:] - gold[:, :2]).prod(1)
    iou = inter / (area - inter)
    return torch.acos(iou).mean()  # here


# truth: alpha=nonfinite
# inputs: alpha=torch.zeros(3, requires_grad=True)
def branch_that_is_not_taken(alpha):
    safe = torch.where(alpha > 0, alpha.log(), torch.zeros_like(alpha))  # here
    return safe.sum()


# truth: logits=flows
# inputs: logits=torch.randn(6, 4, requires_grad=True), kind="soft"
def chosen_by_match(logits, kind):
    pick = {"soft": lambda x: x.softmax(1), "hard": lambda x: x.argmax(1, keepdim=True)}[kind]
    return -(pick(logits).float().max(1).values).log().mean()


# truth: logits=cut
# inputs: logits=torch.randn(6, 4, requires_grad=True), kind="hard"
def chosen_by_key(logits, kind):
    pick = {
        "soft": lambda x: x.softmax(1),
        "hard": lambda x: x.argmax(1, keepdim=True),  # here
    }[kind]
    return (pick(logits).float() + 1).max(1).values.log().mean()


# truth: theta=flows
# inputs: theta=torch.randn(3, requires_grad=True)
def sampled_with_reparametrization(theta):
    return torch.distributions.Normal(theta, 0.5).rsample((8,)).pow(2).mean()


# truth: theta=cut
# inputs: theta=torch.rand(3, requires_grad=True)
def sampled_without(theta):
    draws = torch.distributions.Bernoulli(theta).sample((8,))  # here
    return (draws - 0.5).abs().mean()


class Rounding(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.round()

    @staticmethod
    def backward(ctx, g):
        return g


# truth: x=flows
# inputs: x=torch.randn(5, requires_grad=True)
def straight_through(x):
    return (Rounding.apply(x * 3) - 1).square().sum()


# truth: code=flows
# inputs: code=torch.randn(4, 3, requires_grad=True), book=torch.randn(7, 3)
def quantized(code, book):
    nearest = book[torch.cdist(code, book).argmin(1)]
    passed = code + (nearest - code).detach()
    return F.mse_loss(passed, torch.zeros_like(passed)) + F.mse_loss(code, nearest.detach())


# truth: pred=cut
# inputs: pred=torch.randn(4, requires_grad=True), true=torch.randn(4)
def accumulated_as_number(pred, true):
    total = 0.0
    for p, t in zip(pred, true):
        total += (p - t).abs().item()  # here
    return torch.tensor(total / len(pred), requires_grad=True)


# truth: field=flows
# inputs: field=torch.rand(1, 1, 8, 8, requires_grad=True), moved=torch.rand(1, 1, 8, 8)
def warped(field, moved):
    grid = F.affine_grid(torch.eye(2, 3)[None], [1, 1, 8, 8], align_corners=False)
    return F.l1_loss(F.grid_sample(field, grid, align_corners=False), moved)


# truth: grid=zero
# inputs: image=torch.rand(1, 1, 8, 8), grid=torch.zeros(1, 4, 4, 2).uniform_(-0.9, 0.9).requires_grad_()
def warped_by_nearest(image, grid):
    return F.grid_sample(image, grid, mode="nearest", align_corners=False).mean()  # here


# truth: a=flows b=cut
# inputs: a=torch.randn(3, requires_grad=True), b=torch.randn(3, requires_grad=True)
def suspended(a, b):
    with contextlib.ExitStack() as stack:
        stack.enter_context(torch.no_grad())  # here
        weight = b.sigmoid()
    return (a * weight).sum()


# truth: pooled=flows
# inputs: pooled=torch.randn(3, 4, requires_grad=True)
def mapped(pooled):
    return torch.vmap(lambda row: torch.logsumexp(row, 0) - row[0])(pooled).sum()


# truth: s=flows
# inputs: s=torch.randn(5, requires_grad=True), order=torch.argsort(torch.rand(5))
def list_wise(s, order):
    ranked = s[order]
    return sum(torch.logsumexp(ranked[k:], 0) - ranked[k] for k in range(len(ranked) - 1))


# truth: left=flows right=cut
# inputs: left=torch.randn(4, requires_grad=True), right=torch.randn(4, requires_grad=True)
def walrus_and_ternary(left, right):
    if (n := len(left)) > 2:
        w = right.gt(0).float() if n % 2 == 0 else right  # here
    return (left * w).sum() / n
