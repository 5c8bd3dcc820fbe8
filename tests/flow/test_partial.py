"""Parts of a loss that train nothing while the rest does, and what may well be so."""

from __future__ import annotations

from flow.checking import check


def test_terms_without_gradient() -> None:
    check("""
        def weighted_loss(pred, target):
            misfit = (pred - target).square().sum(-1)
            active = torch.count_nonzero(pred, dim=-1) / pred.size(-1)  # want CR109
            return (misfit + 0.1 * active).mean()

        def two_heads_loss(boxes, logits, y, wanted):
            return F.l1_loss(boxes, wanted) + F.cross_entropy(logits.detach(), y)  # want CR101

        class Stylist(nn.Module):
            def __init__(self):
                super().__init__()
                self.style = nn.Parameter(torch.randn(4))
                self.critic = nn.Linear(4, 1)

            def loss(self):
                with torch.no_grad():  # want CR102
                    score = self.critic(self.style).squeeze()
                return self.style.square().sum() - score
    """)


def test_terms_that_only_set_a_value() -> None:
    check("""
        def straight_through_loss(pred, target):
            soft = (pred - target).square().mean()
            hard = (pred.round() - target).square().mean()
            return soft + (hard - soft).detach()

        def fraction_loss(pred):
            return (pred - pred.round()).mean()

        def bootstrap_loss(values, rewards, later):
            advantage = rewards + 0.9 * later.detach() - values
            return (advantage * values).mean()
    """)


def test_the_break_whose_repair_alone_helps_is_told() -> None:
    check("""
        def mining_loss(emb, labels, margin=0.2):
            d = torch.cdist(emb, emb)
            same = labels[:, None] == labels
            far = (d * same).argmax(1)
            near = (d + 1e4 * same).argmin(1)
            rows = torch.arange(len(emb))
            gap = torch.relu(d[rows, far] - d[rows, near] + margin)
            return gap.mean().item()  # want CR105

        def reinforce_loss(logits, rewards):
            dist = torch.distributions.Categorical(logits=logits)
            actions = dist.sample()
            return -(dist.log_prob(actions) * rewards).mean().detach()  # want CR101
    """)


def test_layers_that_a_class_never_trains() -> None:
    check("""
        class Domains(nn.Module):
            def __init__(self):
                super().__init__()
                self.feat = nn.Linear(3, 4)
                self.label = nn.Linear(4, 2)

            def loss(self, x, y):
                z = F.relu(self.feat(x)).detach()  # want CR101
                return F.cross_entropy(self.label(z), y)

        class Gan(nn.Module):
            def __init__(self):
                super().__init__()
                self.maker = nn.Linear(3, 4)
                self.judge = nn.Linear(4, 1)

            def judge_loss(self, noise, real):
                made = self.maker(noise).detach()
                return F.softplus(self.judge(made)).mean() + F.softplus(-self.judge(real)).mean()

            def maker_loss(self, noise):
                return F.softplus(-self.judge(self.maker(noise))).mean()

        class Probe(nn.Module):
            def __init__(self):
                super().__init__()
                self.body = nn.Linear(3, 4)
                self.body.requires_grad_(False)
                self.head = nn.Linear(4, 2)

            def loss(self, x, y):
                return F.cross_entropy(self.head(self.body(x).detach()), y)
    """)


def test_a_forward_that_only_the_own_loss_calls() -> None:
    check("""
        class Wind(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))

            def forward(self, x):
                return self.net(x).squeeze(1)

            def predict(self, x):
                with torch.no_grad():  # want CR102 "self.net.0.weight"
                    return self(x).clamp(min=0)

            def loss(self, x, v):
                return (self.predict(x) - v).abs().mean()

        class Fixed(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Linear(4, 3)

            def forward(self, x):
                return self.net(x)

            @torch.no_grad()
            def soft(self, x):
                return self(x).softmax(1)

            def consistency_loss(self, logits, x):
                return F.kl_div(logits.log_softmax(1), self.soft(x))

        class Trained(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Linear(4, 3)

            def forward(self, x):
                return self.net(x)

            @torch.no_grad()
            def predict(self, x):
                return self(x)

            def loss(self, x, v):
                return (self.predict(x) - v).square().mean()

        def fit(batches):
            net = Trained()
            for x, v in batches:
                F.mse_loss(net(x), v).backward()
                print(net.loss(x, v))
    """)


def test_a_layer_that_only_picks() -> None:
    check("""
        class Mixture(nn.Module):
            def __init__(self):
                super().__init__()
                self.router = nn.Linear(3, 5)
                self.experts = nn.Parameter(torch.randn(5, 3))

            def loss(self, x, y):
                chosen = self.router(x).argmax(-1)  # want CR104
                return F.mse_loss(self.experts[chosen] * x, y)
    """)


def test_measures_made_fit_for_training() -> None:
    check("""
        def approx_ndcg(scores, gains):
            gap = scores.unsqueeze(-1) - scores.unsqueeze(-2)
            rank = 1 + (gap > 0).float().sum(-1)  # want CR103
            return 1 - (gains / torch.log2(1 + rank)).sum(-1).mean()

        def ndcg(scores, gains):
            order = scores.argsort(descending=True)
            return (gains[order] / torch.arange(2, len(gains) + 2).log2()).sum()

        class RMSLE(nn.Module):
            def forward(self, x, y):
                return ((x - y).square().mean() + 1e-6).sqrt().item()  # want CR105
    """)


def test_pairs_of_names_say_who_learns() -> None:
    check("""
        def pose(R, t, R_gt, t_gt):
            turned = (R - R_gt).square().mean()
            moved = ((t - t_gt).norm(dim=-1) > 0.1).float().mean()  # want CR103
            return turned + moved
    """)


def test_both_sides_are_stopped_where_one_is_a_frozen_copy() -> None:
    check("""
        import copy

        class Views(nn.Module):
            def __init__(self):
                super().__init__()
                self.online = nn.Linear(6, 4)
                self.target = copy.deepcopy(self.online)
                for p in self.target.parameters():
                    p.requires_grad = False

            def loss(self, a, b):
                p, z = self.online(a), self.target(b)
                return 2 - 2 * F.cosine_similarity(p.detach(), z).mean()  # want CR101 "`self.online.weight`"
    """)


def test_a_sample_beside_a_divergence() -> None:
    check("""
        from torch.distributions import Normal, kl_divergence

        class Coder(nn.Module):
            def __init__(self):
                super().__init__()
                self.enc, self.dec = nn.Linear(8, 2), nn.Linear(2, 8)

            def loss(self, x):
                q = Normal(self.enc(x), 1.0)
                z = q.sample()  # want CR111 "this term of the loss gives no gradient to `self.enc.weight`"
                kl = kl_divergence(q, Normal(torch.zeros(2), 1.0)).sum(-1).mean()
                return (self.dec(z) - x).square().mean() + kl
    """)


def test_constants_in_the_list_of_terms() -> None:
    check("""
        class DetectionLoss(nn.Module):
            def forward(self, scores, boxes):
                losses = []
                for one, box in zip(scores, boxes):
                    if box.shape[0] == 0:
                        losses.append(torch.tensor(0.0))  # want CR114 "stands for data that gives no term"
                        continue
                    losses.append(F.softplus(-one).mean())
                return torch.stack(losses).mean()

        class ConnectedLoss(nn.Module):
            def forward(self, scores, boxes):
                losses = []
                for one, box in zip(scores, boxes):
                    if box.shape[0] == 0:
                        losses.append(one.sum() * 0)
                        continue
                    losses.append(F.softplus(-one).mean())
                return torch.stack(losses).mean()

        class PenalisedLoss(nn.Module):
            def forward(self, scores, boxes):
                losses = []
                for one, box in zip(scores, boxes):
                    if box.shape[0] == 0:
                        losses.append(torch.tensor(0.0))
                        continue
                    losses.append(F.softplus(-one).mean())
                return torch.stack(losses).mean() + scores.pow(2).mean()
    """)


def test_a_branch_beside_the_dtype_of_a_cast() -> None:
    check("""
        def threshold(x, at=None):
            if at is not None:
                return (x > at).type(x.dtype)  # want CR103 "with the default `at=0.5`"
            return x

        class OverlapLoss(nn.Module):
            def __init__(self, at=0.5):
                super().__init__()
                self.at = at

            def forward(self, pred, target):
                pred = threshold(pred.sigmoid(), self.at)
                return 1 - (pred * target).sum() / (pred.sum() + target.sum() + 1)
    """)


def test_a_term_that_is_called_a_loss() -> None:
    check("""
        class Roads(nn.Module):
            def __init__(self):
                super().__init__()
                self.denoise = nn.Linear(4, 4)
                self.register_buffer("reach", torch.rand(6, 6))

            def losses(self, x, eps):
                noise_loss = F.mse_loss(self.denoise(0.8 * x + 0.6 * eps), eps)
                road = x.argmax(-1)  # want CR104 "this term of the loss gives no gradient to `x`"
                walk_loss = self.reach[road[:, :-1], road[:, 1:]].mean()
                return noise_loss + 0.1 * walk_loss

            def objective(self, x, eps):
                entropy = (x.argmax(-1) == 0).float().mean()
                return F.mse_loss(self.denoise(x), eps) + entropy
    """)


def test_layers_that_run_on_stopped_values() -> None:
    check("""
        class Stages(nn.Module):
            def __init__(self):
                super().__init__()
                self.stages = nn.ModuleList([nn.Linear(3, 3) for _ in range(4)])
                self.heads = nn.ModuleList(nn.Linear(3, 2) for _ in range(4))
                self.cell = nn.RNNCell(3, 3)

            def last_loss(self, x, y):
                for stage in self.stages:
                    x = torch.tanh(stage(x.detach()))  # want CR101 "reaches `self.stages.0.weight`"
                return F.mse_loss(x, y)

            def local_loss(self, x, y):
                total = 0.0
                for stage, head in zip(self.stages, self.heads):
                    x = torch.tanh(stage(x.detach()))
                    total = total + F.cross_entropy(head(x), y)
                return total

            def frozen_loss(self, x, y, kept):
                for place, stage in enumerate(self.stages):
                    if place == kept:
                        x = x.detach()
                    x = torch.tanh(stage(x))
                return F.mse_loss(x, y)

            def truncated_loss(self, xs, y):
                h = torch.zeros(2, 3)
                for x in xs:
                    h = self.cell(x, h.detach())
                return F.mse_loss(h, y)
    """)


def test_a_row_of_numbers_that_is_reduced() -> None:
    check("""
        def worst_group(pred, y, groups):
            parts = [(pred[groups == g] - y[groups == g]).square().mean() for g in range(3)]
            errors = torch.FloatTensor(parts)  # want CR107 "`pred`"
            return torch.logsumexp(errors * 5.0, dim=0) / 5.0

        def per_column(pred):
            return torch.stack([row.detach() for row in pred]).mean(dim=0)
    """)


def test_the_weight_of_a_layer_beside_its_bias() -> None:
    check("""
        class Quantised(nn.Module):
            def __init__(self):
                super().__init__()
                self.lin = nn.Linear(5, 3)
                self.step = nn.Parameter(torch.tensor(0.2))

            def quantise(self, w):
                return torch.round(w / self.step) * self.step  # want CR201 "self.lin.weight"

            def loss(self, x, y):
                return F.mse_loss(F.linear(x, self.quantise(self.lin.weight), self.lin.bias), y)

        class Through(nn.Module):
            def __init__(self):
                super().__init__()
                self.lin = nn.Linear(5, 3)

            def loss(self, x, y):
                w = self.lin.weight
                w = w + (torch.round(w) - w).detach()
                return F.mse_loss(F.linear(x, w, self.lin.bias.detach()), y)

        class Plain(nn.Module):
            def __init__(self):
                super().__init__()
                self.lin = nn.Linear(5, 3, bias=False)

            def loss(self, x, y):
                return F.mse_loss(F.linear(x, self.lin.weight, self.lin.bias), y)
    """)


def test_pairs_of_what_a_loss_compares() -> None:
    check("""
        class ClipLoss(nn.Module):
            def forward(self, img, txt, labels):
                rows = F.normalize(img, dim=-1).argsort(-1).float()  # want CR104 "`img`"
                return F.cross_entropy(rows @ F.normalize(txt, dim=-1).T, labels)

        class TwinLoss(nn.Module):
            def forward(self, z1, z2):
                with torch.no_grad():  # want CR102 "`z1`"
                    a = (z1 - z1.mean(0)) / z1.std(0)
                b = (z2 - z2.mean(0)) / (z2.std(0) + 1e-6)
                return (a.T @ b / len(z1)).fill_diagonal_(0).square().sum()

        class StopLoss(nn.Module):
            def forward(self, z1, z2):
                return -F.cosine_similarity(z1, z2.detach(), dim=-1).mean()

        def gaussian_nll(mean, log_var, y):
            residual = y - (mean > 0).float()  # want CR103 "`mean`"
            return (log_var + residual.square() / log_var.exp()).mean()

        def scaled_loss(x, mean, std):
            return ((x - mean.detach()) / std.detach()).square().mean()
    """)
