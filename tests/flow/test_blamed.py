"""Of several cuts of the same values, the one whose repair brings the gradient back is told."""

from __future__ import annotations

from flow.checking import check


def test_a_mask_of_what_is_stopped() -> None:
    check("""
        class DegreeHours(nn.Module):
            def __init__(self, base=1.0):
                super().__init__()
                self.lin, self.base = nn.Linear(3, 6), base

            def chill(self, temp):
                below = temp.lt(self.base)
                hours = below.sum(dim=-1).clamp(min=1)
                return ((self.base - temp).detach() * below).sum(dim=-1) / hours  # want CR101 "self.lin"

            def loss(self, weather, damage):
                return (self.chill(self.lin(weather)) - damage).square().mean()

        def pairwise_loss(embeddings):
            distances = torch.cdist(embeddings, embeddings).square()
            zero = torch.eq(distances, 0).float()
            distances = (1.0 - zero) * torch.sqrt((distances + zero * 1e-8).data)  # want CR101 "embeddings"
            return distances.mean()
    """)


def test_a_comparison_that_is_more_than_a_mask() -> None:
    check("""
        def hits_loss(pred, target):
            hits = (pred > 0.5).float()  # want CR103 "pred"
            return (pred.detach() * hits).mean() + (hits - target).abs().mean()
    """)


def test_a_block_without_gradient_is_one_gate() -> None:
    check("""
        def huber(td, kappa):
            return torch.where(td.abs() <= kappa, 0.5 * td.pow(2), kappa * (td.abs() - 0.5 * kappa))

        def quantile_huber(quantiles, targets, taus, kappa=1.0):
            errors = targets.detach().unsqueeze(1) - quantiles.unsqueeze(2)
            with torch.no_grad():  # want CR102 "quantiles"
                element = huber(errors, kappa)
            tilt = torch.abs(taus[..., None] - (errors.detach() < 0).float())
            return (tilt * element / kappa).sum(dim=1).mean(dim=1).mean()
    """)


def test_an_attack_before_a_stopped_loss() -> None:
    check("""
        class RobustNet(nn.Module):
            def __init__(self, eps=0.1):
                super().__init__()
                self.net, self.eps = nn.Linear(4, 3), eps

            def attack(self, x, y):
                delta = torch.zeros_like(x, requires_grad=True)
                for _ in range(3):
                    loss = F.cross_entropy(self.net(x + delta), y)
                    (g,) = torch.autograd.grad(loss, delta)
                    delta = (delta + 0.05 * g.sign()).clamp(-self.eps, self.eps).detach().requires_grad_(True)
                return (x + delta).detach()

            def loss(self, x, y):
                return F.cross_entropy(self.net(self.attack(x, y)), y).detach()  # want CR101 "self.net"
    """)


def test_what_a_loss_takes_first_beside_a_guide() -> None:
    check("""
        clip_head = nn.Linear(4, 1)

        def guide(sample):
            sample = sample.detach().requires_grad_()
            return -torch.autograd.grad(clip_head(sample).sum(), sample)[0]

        def sds_loss(latents):
            target = (latents - guide(latents)).detach()
            return 0.5 * F.mse_loss(torch.tensor(latents), target)  # want CR107 "latents"

        def kept_loss(latents):
            target = (latents - guide(latents)).detach()
            return 0.5 * F.mse_loss(latents, target)
    """)


def test_derivatives_of_steps() -> None:
    check("""
        def along(y, x):
            ones = torch.ones_like(y)
            return torch.autograd.grad(torch.round(y), x, ones, create_graph=True)[0]  # want CR201 "zero"

        def burgers(net, x):
            u = net(x).squeeze(-1)
            return ((u * along(u, x)) ** 2).mean()

        class ScoreFit(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Linear(2, 1)

            def energy(self, x):
                return self.net(x.argsort(-1).float()).squeeze(-1)  # want CR104 "self.net.weight"

            def loss(self, x):
                x = x.detach().requires_grad_(True)
                (score,) = torch.autograd.grad(self.energy(x).sum(), x, create_graph=True)
                return (0.5 * score.pow(2).sum(-1)).mean()
    """)


def test_derivatives_beside_steps() -> None:
    check("""
        def penalty(critic, x):
            x = x.detach().requires_grad_(True)
            score = critic(x)
            gradient = torch.autograd.grad(score.sum(), x, create_graph=True)[0]
            kept = (score > 0).float().detach()
            return (kept * (gradient.norm(dim=-1, keepdim=True) - 1) ** 2).mean()
    """)


def test_what_a_loss_returns_beside_an_attack() -> None:
    check("""
        def attack(model, x, y):
            delta = torch.zeros_like(x, requires_grad=True)
            F.cross_entropy(model(x + delta), y).backward()
            return 0.1 * delta.grad.sign()

        def robust_loss(model, x, y):
            adversarial = x + attack(model, x, y)
            return F.cross_entropy(model(adversarial), y).item()  # want CR105 "model"

        def kept_loss(model, x, y):
            return F.cross_entropy(model(x + attack(model, x, y)), y)
    """)


def test_what_is_reported_beside_a_pass_of_a_helper() -> None:
    check("""
        class Trainer:
            def __init__(self, net, optimizer):
                self.net, self.optimizer = net, optimizer

            def update(self, loss):
                self.optimizer.zero_grad()
                loss.backward()
                self.optimizer.step()

            def batch_loss(self, x, y):
                loss = F.mse_loss(self.net(x), y)
                self.update(loss)
                return loss.item()
    """)


def test_a_term_that_was_a_loss_already() -> None:
    check("""
        def fixmatch(logits, y, weak, strong, lam=1.0):
            with torch.no_grad():
                sure, pseudo = weak.softmax(-1).max(-1)
            each = F.cross_entropy(strong, pseudo, reduction="none")
            unsupervised = (each * (sure > 0.9)).mean()
            return F.cross_entropy(logits, y) + lam * unsupervised.detach()  # want CR101 "strong"

        def shown(logits, y, loss_scale):
            loss = F.cross_entropy(logits, y)
            return loss + (loss * 0.5 - loss).detach()
    """)


def test_two_of_a_kind() -> None:
    check("""
        def circle_loss(sp, sn, m=0.25, gamma=80.0):
            an = (sn.detach() + m).clamp(min=0)
            ap = (1 + m - sp.detach()).clamp(min=0)
            negative = ((an * (sn - m)) > 0).float() * gamma  # want CR103 "sn"
            positive = -ap * (sp - 1 + m) * gamma
            return F.softplus(torch.logsumexp(negative, 0) + torch.logsumexp(positive, 0))

        def siamese_loss(z_a, z_b):
            return -F.cosine_similarity(z_a, z_b.detach()).mean()
    """)


def test_numbers_of_the_processes() -> None:
    check("""
        import torch.distributed as dist

        def shared_loss(z_a, z_b):
            c = z_a.detach().T @ z_b.detach()  # want CR101 "z_a|z_b"
            return (c / dist.get_world_size()).square().sum()
    """)


def test_a_stop_after_a_straight_through_estimate() -> None:
    check("""
        class Lights(nn.Module):
            def __init__(self):
                super().__init__()
                self.brightness = nn.Parameter(torch.rand(4))

            def level(self):
                level = self.brightness.sigmoid() * 10
                return level + (level.round() - level).detach()

            def loss(self, layout, wanted):
                return ((layout @ self.level()).detach() - wanted).square().mean()  # want CR101

        class Weighed(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Linear(3, 2)

            def loss(self, x, wanted):
                p = self.net(x).softmax(-1)
                hard = p.argmax(-1).float()  # want CR104
                return ((hard - wanted).square() * p.amax(-1).detach()).mean()
    """)


def test_a_stop_beside_a_branch_on_the_same_value() -> None:
    check("""
        import numpy as np

        class Trainer:
            def __init__(self):
                self.model = nn.Linear(6, 4)

            def step(self, leaf, disease):
                loss = F.cross_entropy(self.model(leaf), disease)
                self.log = {"loss": float(loss)}
                if not np.isfinite(self.log["loss"]):
                    raise FloatingPointError("loss is not finite")
                return loss.data  # want CR101
    """)


def test_a_loss_added_up_of_weighed_numbers() -> None:
    check("""
        class LaneLoss:
            def __init__(self, weights):
                self.weights = weights
                self.history = {name: [] for name in weights}

            def position(self, lanes, offsets):
                return F.smooth_l1_loss(lanes, offsets)

            def total(self, lanes, offsets):
                total = torch.zeros((), dtype=lanes.dtype)
                for name, weight in self.weights.items():
                    term = getattr(self, name)(lanes, offsets)
                    self.history[name].append(term.detach())
                    if torch.isnan(term):
                        continue
                    total = total + weight * float(term)  # want CR105
                return total
    """)


def test_a_cut_that_several_calls_meet() -> None:
    check("""
        class Dueling(nn.Module):
            def __init__(self):
                super().__init__()
                self.value, self.gain = nn.Linear(4, 1), nn.Linear(4, 3)

            def forward(self, s):
                g = self.gain(s)
                return (self.value(s) + g - g.mean(1, keepdim=True)).data  # want CR101

        class Agent:
            def __init__(self):
                self.net = Dueling()

            def loss(self, s, a, r, s2):
                best = self.net(s2).argmax(1, keepdim=True)
                goal = r[:, None] + self.net(s2).gather(1, best)
                return F.smooth_l1_loss(self.net(s).gather(1, a[:, None]), goal.detach())
    """)


def test_a_dead_term_of_what_a_score_function_trains() -> None:
    check("""
        from torch.distributions import Categorical

        def reinforce_loss(logits, table, baseline):
            pi = Categorical(logits=logits)
            a = pi.sample()
            advantage = table.gather(1, a[:, None])[:, 0] - baseline
            policy = -(pi.log_prob(a) * advantage.detach()).mean()
            return policy + 0.5 * (advantage.square().mean() > 0).float()  # want CR103 "this term"
    """)


def test_a_stop_of_a_parameter_that_is_moved_by_its_data() -> None:
    check("""
        class ProxyLoss(nn.Module):
            def __init__(self, n, d):
                super().__init__()
                self.proxies = nn.Parameter(torch.randn(n, d))

            def forward(self, embeddings, labels):
                self.proxies.data = F.normalize(self.proxies.data)
                proxies = self.proxies.detach()  # want CR101 "self.proxies"
                return F.cross_entropy(embeddings @ proxies.t(), labels)
    """)


def test_a_dead_term_that_is_divided_by_a_count() -> None:
    check("""
        def boxes_loss(loc, conf, boxes, conf_t):
            pos = conf_t > 0
            count = pos.sum().clamp(min=1)
            near = F.smooth_l1_loss(loc[pos], boxes[pos], reduction="sum")
            kind = F.cross_entropy(conf.flatten(0, 1), conf_t.flatten(), reduction="sum")
            return torch.round(near / count) + kind / count  # want CR201 "`loc` through this term"

        def even_loss(loc, conf, boxes, conf_t):
            pos = conf_t > 0
            near = F.smooth_l1_loss(loc[pos], boxes[pos], reduction="sum")
            kind = F.cross_entropy(conf.flatten(0, 1), conf_t.flatten(), reduction="sum")
            return near / pos.sum().clamp(min=1) + kind / pos.sum().clamp(min=1)
    """)


def test_all_of_a_loss_through_numpy_and_back() -> None:
    check("""
        unet, head = nn.Conv2d(4, 4, 3), nn.Linear(4, 1)

        def distil_loss(latents, t):
            with torch.no_grad():
                noise = torch.randn_like(latents)
                guided = unet(latents + noise)
            target = (latents - (guided - noise)).detach()
            found = 0.5 * F.mse_loss(latents, target)
            return torch.from_numpy(found.detach().cpu().numpy()) / len(latents)  # want CR101 "latents"
    """)
