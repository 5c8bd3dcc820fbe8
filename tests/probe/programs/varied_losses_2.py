# ruff: noqa: B905, E501
"""More losses of many shapes, marked as in `varied_losses.py`."""

from __future__ import annotations

import copy
import math
import random
from collections import defaultdict, deque
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint


class Window:
    """Keeps the last terms, as numbers."""

    def __init__(self, size=4):
        self.terms = deque(maxlen=size)

    def push(self, term):
        self.terms.append(term.tolist())  # here

    @property
    def average(self):
        return sum(self.terms) / len(self.terms)


# truth: guess=cut
# in: Window.push
# inputs: guess=torch.randn(5, requires_grad=True), wanted=torch.randn(5)
def smoothed_by_window(guess, wanted):
    window = Window()
    for k in range(3):
        window.push((guess - wanted).abs().pow(k + 1).mean())
    return torch.as_tensor(window.average)


# truth: u=flows v=flows
# inputs: u=torch.randn(4, 3, requires_grad=True), v=torch.randn(4, 3, requires_grad=True)
def barlow(u, v):
    u, v = ((w - w.mean(0)) / (w.std(0) + 1e-5) for w in (u, v))
    cross = u.T @ v / len(u)
    off = cross.flatten()[:-1].view(2, 4)[:, 1:].square().sum()
    return (cross.diagonal() - 1).square().sum() + 0.01 * off


class Ema(nn.Module):
    def __init__(self):
        super().__init__()
        self.online = nn.Linear(4, 3)
        self.target = copy.deepcopy(self.online)
        self.register_buffer("center", torch.zeros(3))

    # truth: self.online.weight=flows self.online.bias=flows self.target.weight=cut self.target.bias=cut
    # inputs: views=[torch.randn(5, 4), torch.randn(5, 4)]
    # instance: Ema()
    def forward(self, views):
        with torch.no_grad():  # here
            teacher = [F.softmax((self.target(v) - self.center) / 0.04, -1) for v in views]
            self.center.mul_(0.9).add_(torch.cat(teacher).mean(0), alpha=0.1)
        student = [F.log_softmax(self.online(v) / 0.1, -1) for v in views]
        return sum(
            -(t * s).sum(-1).mean() for i, t in enumerate(teacher) for j, s in enumerate(student) if i != j
        )


# truth: policy=flows baseline=cut
# inputs: policy=torch.randn(6, 3, requires_grad=True), baseline=torch.randn(6, requires_grad=True), actions=torch.randint(0, 3, (6,)), rewards=torch.randn(6)
def reinforce(policy, baseline, actions, rewards):
    picked = policy.log_softmax(-1).gather(1, actions[:, None]).squeeze(1)
    advantage = rewards - baseline.clone().detach_()  # here
    return -(picked * advantage).mean()


# truth: emissions=flows transitions=flows
# inputs: emissions=torch.randn(5, 3, requires_grad=True), transitions=torch.randn(3, 3, requires_grad=True), path=torch.tensor([0, 1, 2, 1, 0])
def crf(emissions, transitions, path):
    alpha = emissions[0]
    for step in emissions[1:]:
        alpha = torch.logsumexp(alpha[:, None] + transitions, 0) + step
    gold = emissions[torch.arange(len(path)), path].sum() + transitions[path[:-1], path[1:]].sum()
    return torch.logsumexp(alpha, 0) - gold


# truth: emissions=cut
# inputs: emissions=torch.randn(5, 3, requires_grad=True), path=torch.tensor([0, 1, 2, 1, 0])
def decoded(emissions, path):
    best = []
    for step in emissions:
        _, winner = step.max(0)  # here
        best.append(winner)
    return (torch.stack(best) != path).float().mean()


# truth: depth=flows
# edge: exact zeros
# inputs: depth=torch.rand(4, 4).add(0.1).requires_grad_(), truth=torch.rand(4, 4) + 0.1
def scale_invariant(depth, truth):
    gap = depth.log() - truth.log()  # here
    return gap.var()


# truth: hidden=flows
# inputs: hidden=torch.randn(4, 6, requires_grad=True)
def recomputed(hidden):
    return checkpoint(lambda h: torch.tanh(h).square().mean(), hidden, use_reentrant=False)


# truth: x=cut
# inputs: x=torch.randn(4, requires_grad=True)
def through_numpy_helper(x):
    ranks = np.argsort(np.asarray(x.detach()))  # here
    return torch.from_numpy(ranks.copy()).float().var()


# truth: a=flows b=flows
# inputs: a=torch.randn(3, requires_grad=True), b=torch.randn(3, requires_grad=True)
def random_mix(a, b):
    lam = random.betavariate(0.4, 0.4)
    return (lam * a + (1 - lam) * b).square().sum()


# truth: kernel=flows
# inputs: kernel=torch.randn(2, 1, 3, 3, requires_grad=True), image=torch.rand(1, 1, 6, 6)
def filtered(kernel, image):
    response = F.conv2d(image, kernel, padding=1)
    return F.max_pool2d(response, 2).relu().mean()


# truth: p=flows
# inputs: p=torch.rand(2, 1, 6, 6, requires_grad=True), t=(torch.rand(2, 1, 6, 6) > 0.5).float()
def lovasz_like(p, t):
    errors = (1 - p * (2 * t - 1)).flatten()
    ordered, at = torch.sort(errors, descending=True)
    gold = t.flatten()[at]
    union = gold.sum() + (1 - gold).cumsum(0)
    jaccard = 1 - (gold.sum() - gold.cumsum(0)) / union
    return F.relu(ordered) @ torch.cat([jaccard[:1], jaccard[1:] - jaccard[:-1]])


# truth: weight=flows
# inputs: weight=torch.randn(4, 3, requires_grad=True)
def spectral_penalty(weight):
    return torch.linalg.svdvals(weight)[0] + torch.linalg.matrix_norm(weight, "nuc")


class Points(NamedTuple):
    xyz: Tensor
    mask: Tensor


# truth: cloud.xyz=flows
# inputs: cloud=Points(torch.randn(6, 3, requires_grad=True), torch.rand(6) > 0.3), other=torch.randn(5, 3)
def chamfer(cloud, other):
    near = torch.cdist(cloud.xyz[cloud.mask], other)
    return near.min(0).values.mean() + near.min(1).values.mean()


# truth: temperature=zero
# inputs: logits=torch.randn(4, 3), temperature=torch.tensor(1.5, requires_grad=True)
def temperature_of_a_sign(logits, temperature):
    return (logits / temperature).sign().relu().mean()  # here


# truth: gate=zero
# inputs: gate=torch.full((4,), -3.0, requires_grad=True)
def dead_relu(gate):
    return F.relu(gate).sum()  # here


# truth: rate=flows
# inputs: rate=torch.rand(4).add(0.1).requires_grad_(), counts=torch.randint(0, 5, (4,)).float()
def poisson(rate, counts):
    d = torch.distributions.Poisson(rate)
    return -d.log_prob(counts).mean()


# truth: probs=cut
# inputs: probs=torch.rand(4).requires_grad_(), counts=torch.randint(0, 2, (4,)).float()
def grouped(probs, counts):
    groups = defaultdict(list)
    for p, c in zip(probs, counts):
        groups[int(c)].append(round(float(p), 3))  # here
    return torch.tensor([np.mean(v) for v in groups.values()]).sum()


# truth: coords=flows
# inputs: coords=torch.rand(4, 2, requires_grad=True), frame=torch.rand(1, 3, 8, 8)
def sampled_image(coords, frame):
    at = (coords * 2 - 1).view(1, 1, -1, 2)
    return F.grid_sample(frame, at, align_corners=True).square().mean()


# truth: coords=cut
# inputs: coords=torch.rand(4, 2, requires_grad=True), frame=torch.rand(3, 8, 8)
def indexed_image(coords, frame):
    x, y = (coords * 7).long().unbind(1)  # here
    return frame[:, y, x].square().mean()


# truth: x=flows
# inputs: x=torch.randn(3, requires_grad=True)
def hessian_trace(x):
    y = (x**4).sum()
    (g,) = torch.autograd.grad(y, x, create_graph=True)
    return sum(torch.autograd.grad(g[i], x, retain_graph=True, create_graph=True)[0][i] for i in range(3))


# truth: x=cut
# inputs: x=torch.randn(3, requires_grad=True)
def jacobian_penalty(x):
    y = x.sin().sum()
    g = torch.autograd.grad(y, x)[0]  # here
    return g.norm()


# truth: x=flows
# inputs: x=torch.randn(3, requires_grad=True)
def per_sample(x):
    return torch.func.vmap(torch.func.grad(lambda v: v**3))(x).square().sum()


# truth: x=zero
# inputs: x=torch.ones(3, requires_grad=True)
def angle_between(x):
    cos = F.cosine_similarity(x, 2 * torch.ones(3), dim=0).clamp(-1, 1)
    return torch.arccos(torch.ones_like(cos) * cos.round())  # here


# truth: s=flows
# inputs: s=torch.randn(4, 2, requires_grad=True), lens=[1, 3]
def ragged(s, lens):
    parts = torch.split(s, lens)
    padded = nn.utils.rnn.pad_sequence(parts, batch_first=True, padding_value=-math.inf)
    return padded.logsumexp(1).sum()
