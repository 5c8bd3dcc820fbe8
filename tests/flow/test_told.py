"""What is said of a place: of which source, for what reason, and once."""

from __future__ import annotations

from tests.flow.checking import check


def test_a_draw_is_no_step_function() -> None:
    check("""
        def noisy_loss(mu, std, y):
            return F.mse_loss(torch.normal(mu, std), y)  # want CR111 "derivative of the sample .* as zero"


        def score_loss(logits, reward):
            p = torch.sigmoid(logits)
            drawn = torch.bernoulli(p)
            return -(torch.distributions.Bernoulli(p).log_prob(drawn) * reward).mean()
    """)


def test_the_entropy_of_a_fixed_width_beside_what_the_sample_trains() -> None:
    check("""
        class Actor(nn.Module):
            def __init__(self):
                super().__init__()
                self.pi = nn.Linear(3, 1)
                self.q = nn.Linear(4, 1)

            def forward(self, s):
                dist = torch.distributions.Normal(self.pi(s), 0.5)
                u = dist.rsample()
                a = torch.tanh(u)
                logp = (dist.log_prob(u) - torch.log(1 - a.pow(2) + 1e-6)).sum(-1)
                return (0.2 * logp - self.q(torch.cat([s, a], -1)).squeeze(-1)).mean()


        def alone_loss(mean, reward):
            dist = torch.distributions.Normal(mean, 1.0)
            return -(dist.log_prob(dist.rsample()) * reward).mean()  # want CR204 "where it was drawn"
    """)


def test_a_table_of_classes_is_not_what_learns() -> None:
    check("""
        def dependency_loss(coarse, fine, parent, y_coarse, y_fine):
            guess_coarse = coarse.argmax(1)  # want CR104 "`coarse`"
            guess_fine = fine.argmax(1)
            violated = (parent[guess_fine] != guess_coarse).float().mean()
            return F.cross_entropy(coarse, y_coarse) + F.cross_entropy(fine, y_fine) + violated
    """)


def test_a_leaf_that_a_constructor_leaves_behind() -> None:
    check("""
        class Camera:
            def __init__(self, device="cpu"):
                focal = torch.tensor([500.0, 500.0], requires_grad=True)
                self.focal = (focal / 100).to(device)  # want CR117 "`self.focal` is a result"

            def reprojection_loss(self, points, pixels):
                return F.mse_loss(points * self.focal * 100, pixels)
    """)


def test_a_choice_between_numbers_is_the_condition_in_other_words() -> None:
    check("""
        def pair_step(model, opt, loader):
            for x, y in loader:
                e = model(x)
                similar = e @ e.T
                same = (y[:, None] == y[None, :]).float()
                hard = torch.where(similar > 0.5, torch.ones_like(similar), 0.0)  # want CR103 "`model`"
                loss = ((hard - same) ** 2).mean()
                opt.zero_grad()
                loss.backward()
                opt.step()


        def pseudo_step(model, opt, x):
            p = model(x)
            keep = torch.where(p.detach().softmax(-1).amax(-1) > 0.9, 1.0, 0.0)
            loss = (F.cross_entropy(p, p.argmax(-1), reduction="none") * keep).mean()
            opt.zero_grad()
            loss.backward()
            opt.step()
    """)


def test_one_place_is_told_of_once() -> None:
    check("""
        class Bank(nn.Module):
            def __init__(self):
                super().__init__()
                self.filters = nn.Parameter(torch.randn(4, 25))

            def normalise(self):
                length = self.filters.norm(dim=1)
                self.filters.div_(length[:, None])  # want CR502

            def loss(self, x):
                self.normalise()
                return -(x @ self.filters.T).abs().mean()


        def geometric_loss(scores, present):
            logs = scores.clamp(min=0).log() * present  # want CR302
            logs[present == 0] = 0.0
            return 1 - (logs.sum(-1) / 5).exp().mean()
    """)


def test_an_element_of_a_loop_on_whose_branch_it_is_cut() -> None:
    check("""
        import math


        class WingLoss(nn.Module):
            def forward(self, landmarks, truth):
                total = 0.0
                for d in (landmarks - truth).abs().flatten():
                    total += 10 * math.log(1 + d / 2) if d < 10 else d - 8.0  # want CR105 "this branch"
                return total


        class HingeLoss(nn.Module):
            def forward(self, scores, y):
                total = 0.0
                for s in (1 - scores * y).flatten():
                    total = total + (s if s > 0 else s * 0)
                return total


        def run_phase(net, loader, phase):
            training = phase == "train"
            losses = []
            for x, y in loader:
                with torch.set_grad_enabled(training):
                    loss = F.huber_loss(net(x), y)
                losses.append(loss if training else loss.item())
            return torch.stack(losses).mean() if training else sum(losses) / len(losses)
    """)


def test_some_element_is_always_beyond_its_own_quantile() -> None:
    check("""
        def curriculum_loss(logits, y, keep=0.7):
            each = F.cross_entropy(logits, y, reduction="none")
            easy = (each <= torch.quantile(each.detach(), keep)).float()
            return (each * easy).sum() / easy.sum()


        def hardest_loss(logits, y, k=3):
            each = F.cross_entropy(logits, y, reduction="none")
            hard = (each >= each.topk(k).values[-1]).float()
            return (each * hard).sum() / hard.sum()


        def above_loss(logits, y):
            each = F.cross_entropy(logits, y, reduction="none")
            hard = (each > each.max()).float()
            return (each * hard).sum() / hard.sum()  # want CR304 "counts elements"
    """)


def test_what_a_score_has_chosen() -> None:
    check("""
        def detection_loss(boxes, scores, truth):
            import torchvision

            keep = scores > 0.3
            boxes, scores = boxes[keep], scores[keep]
            order = torchvision.ops.nms(boxes, scores, 0.5)
            overlap = torchvision.ops.box_iou(boxes[order], truth).amax(1)
            return 1 - (overlap > 0.5).float().mean()  # want CR103 "`boxes`"
    """)
