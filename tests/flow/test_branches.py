"""Branches that parameters decide, and constants that stand for one of several terms."""

from __future__ import annotations

from flow.checking import check


def test_a_parameter_that_only_decides() -> None:
    check("""
        class Exit(nn.Module):
            def __init__(self):
                super().__init__()
                self.stem, self.late = nn.Linear(6, 3), nn.Linear(3, 3)
                self.limit = nn.Parameter(torch.tensor(0.9))
                self.slope = nn.Parameter(torch.tensor(0.5))

            def exit_loss(self, x, y):
                h = self.stem(x)
                if h.softmax(-1).amax() > self.limit:  # want CR113 "`self.limit` only decides"
                    return F.cross_entropy(h, y)
                return F.cross_entropy(self.late(h), y)

            def slope_loss(self, x, y):
                h = self.stem(x)
                if self.slope > 0.1:
                    h = h * self.slope
                return F.cross_entropy(h, y)
    """)


def test_a_parameter_that_starts_on_the_side_without_it() -> None:
    check("""
        class Soft(nn.Module):
            def __init__(self, alpha=0.0):
                super().__init__()
                self.alpha = nn.Parameter(torch.tensor(alpha))
                self.beta = nn.Parameter(torch.tensor(1.0))
                self.scale = nn.Parameter(torch.tensor(0.0))

            def bend(self, x):
                if self.alpha == 0.0:  # want CR113 "`self.alpha` starts where this branch returns without it"
                    return x
                return torch.expm1(self.alpha * x) / self.alpha

            def bend_loss(self, x, y):
                return F.mse_loss(self.beta * self.bend(x), y)

            def stretch(self, x):
                if self.beta == 0.0:
                    return x
                return torch.expm1(self.beta * x) / self.beta

            def stretch_loss(self, x, y):
                return F.mse_loss(self.stretch(x), y)

            def fit(self, x):
                if self.scale == 0.0:
                    self.scale.data.copy_(x.detach().std())
                    return x
                return x * self.scale

            def fit_loss(self, x, y):
                return F.mse_loss(self.beta * self.fit(x), y)
    """)


def test_constants_for_what_a_round_has_nothing_of() -> None:
    check("""
        def voiced_cost(scores, voiced):
            total = torch.zeros(())
            for score, there in zip(scores.sigmoid(), voiced):
                if there.sum() == 0:
                    part = torch.tensor(0.0)  # want CR114 "stands for data that gives no term"
                else:
                    part = -score[there].mean()
                total = total + part
            return total / len(scores)

        def smooth_cost(scores, voiced):
            total = scores.square().mean()
            for score, there in zip(scores.sigmoid(), voiced):
                part = torch.tensor(0.0) if there.sum() == 0 else -score[there].mean()
                total = total + part
            return total / len(scores)

        class Nearest(nn.Module):
            def forward(self, modes, track):
                losses = []
                for mode, gt in zip(modes, track):
                    best = (mode - gt).abs().mean(-1).min()
                    losses.append(best if best < 2.0 else best.new_tensor(2.0))  # want CR114
                return torch.stack(losses).mean()
    """)


def test_a_loss_that_both_sides_of_a_branch_set_anew() -> None:
    check("""
        def scales_loss(heads, feats, target):
            loss = 0.0
            for i, head in enumerate(heads):
                if i == 0:
                    loss = F.mse_loss(head(feats[i]), target)
                else:
                    loss = 0.5 * F.l1_loss(head(feats[i]), target)  # want CR115
            return loss

        def started_loss(heads, feats, target):
            loss = 0.0
            for i, head in enumerate(heads):
                if i == 0:
                    loss = F.mse_loss(head(feats[i]), target)
                else:
                    loss = loss + 0.5 * F.l1_loss(head(feats[i]), target)
            return loss
    """)


def test_a_helper_of_the_class_trains_nothing_by_itself() -> None:
    check("""
        class Swap(nn.Module):
            def __init__(self):
                super().__init__()
                self.content, self.style, self.render = nn.Linear(6, 3), nn.Linear(6, 2), nn.Linear(5, 6)

            def encode(self, x):
                return {"content": self.content(x), "style": self.style(x)}

            def loss(self, a, b):
                one, other = self.encode(a), self.encode(b)
                made = self.render(torch.cat([one["content"], other["style"].detach()], 1))  # want CR101
                return F.mse_loss(made, a)

        class Probed(nn.Module):
            def __init__(self):
                super().__init__()
                self.body, self.head = nn.Linear(6, 3), nn.Linear(3, 2)

            def features(self, x):
                return self.body(x)

            def probe_loss(self, x, y):
                return F.cross_entropy(self.head(self.features(x).detach()), y)

        def pretrain_loss(model, x, wanted):
            return F.mse_loss(model.features(x), wanted)
    """)


def test_a_divisor_that_was_asked_for_0() -> None:
    check("""
        class Curve(nn.Module):
            def __init__(self):
                super().__init__()
                self.bend, self.gain = nn.Parameter(torch.zeros(())), nn.Parameter(torch.ones(()))

            def loss(self, x, y):
                if self.bend.item() == 0.0:  # want CR113 "starts where this branch returns without it"
                    return F.mse_loss(self.gain * x, y)
                return F.mse_loss(self.gain * torch.expm1(self.bend * x) / self.bend, y)
    """)


def test_a_sum_that_some_rounds_set() -> None:
    check("""
        def weight_penalty(model):
            reg = torch.zeros(())
            for name, p in model.named_parameters():
                if name.endswith("weight"):
                    reg = torch.linalg.matrix_norm(p, 2)  # want CR115
            return reg

        def summed_penalty(model):
            reg = torch.zeros(())
            for name, p in model.named_parameters():
                if name.endswith("weight"):
                    reg = reg + torch.linalg.matrix_norm(p, 2)
            return reg

        def found_loss(preds, target, wanted):
            loss = torch.zeros(())
            for level, pred in enumerate(preds):
                if level == wanted:
                    loss = F.mse_loss(pred, target)
                    break
            return loss
    """)


def test_what_a_handler_sets_in_place_of_the_loss() -> None:
    check("""
        def guarded_loss(pred, y):
            try:
                value = F.mse_loss(pred, y)
            except RuntimeError:
                value = torch.zeros((), requires_grad=True)  # want CR114
            return value

        def kept_loss(pred, y):
            try:
                scale = float(y.max())
            except ValueError:
                scale = 1.0
            return F.mse_loss(pred, y) / scale
    """)


def test_what_a_handler_makes_is_no_way_for_the_gradient() -> None:
    check("""
        def rescued_loss(pred, target):
            try:
                values = pred.detach()  # want CR101 "`pred`"
            except RuntimeError:
                values = pred
            return F.mse_loss(values, target)

        def guarded_loss(pred, target):
            try:
                values = torch.linalg.cholesky(pred)
            except RuntimeError:
                values = pred.detach()
            return F.mse_loss(values, target)
    """)


def test_terms_that_one_branch_makes_constants_together() -> None:
    check("""
        def detection_loss(scores, boxes, labels, targets):
            found = labels >= 0
            if found.sum() > 0:  # want CR114 "a constant that depends on no input"
                box = F.l1_loss(boxes[found], targets[found])
                score = F.binary_cross_entropy_with_logits(scores, found.float())
            else:
                box, score = 0.0, 0.0
            return score + box

        def single_loss(scores, boxes, labels, targets):
            found = torch.nonzero(labels >= 0).squeeze(1)
            if len(found) > 0:
                box = F.l1_loss(boxes[found], targets[found])
                score = F.binary_cross_entropy_with_logits(scores, (labels >= 0).float())
            else:
                box = torch.tensor(0.0)  # want CR114 "a constant"
                score = torch.tensor(0.0)  # want CR114 "a constant"
            return score + box
    """)


def test_terms_of_which_every_branch_has_one() -> None:
    check("""
        def detection_loss(scores, boxes, labels, targets):
            found = labels >= 0
            if found.sum() > 0:
                box = F.l1_loss(boxes[found], targets[found])
                empty = torch.tensor(0.0)
            else:
                box = torch.tensor(0.0)
                empty = scores.square().mean()
            return empty + box

        def two_losses(scores, boxes, labels, targets):
            box, score = torch.tensor(0.0), torch.tensor(0.0)
            if labels.max() > 0:
                box = F.l1_loss(boxes, targets)
            if labels.min() < 1:
                score = F.cross_entropy(scores, labels)
            return score + box + 0.1 * scores.square().mean()
    """)


def test_what_is_none_on_another_way() -> None:
    check("""
        class Bank(nn.Module):
            def __init__(self, size=0):
                super().__init__()
                self.size = size
                self.register_buffer("held", torch.empty(size, 8))

            def forward(self, out):
                if self.size == 0:
                    return out, None
                return out, self.held.clone().detach()

        class PairLoss(nn.Module):
            def __init__(self, size=0):
                super().__init__()
                self.bank = Bank(size)

            def forward(self, out0, out1):
                out1, negatives = self.bank(out1)
                if negatives is not None:
                    logits = torch.cat([(out0 * out1).sum(1, keepdim=True), out0 @ negatives.t()], 1)
                    labels = torch.zeros(len(out0), dtype=torch.long)
                else:
                    logits = torch.round(out0 @ out1.t())  # want CR201
                    labels = torch.arange(len(out0))
                return F.cross_entropy(logits, labels)

        def masked_loss(pred, y, valid=None):
            weight = None
            if valid is not None:
                weight = valid.float()
            error = (pred - y).square()
            return error.mean() if weight is None else (error * weight).sum() / weight.sum().clamp(min=1)
    """)


def test_facts_about_types_are_nothing_to_learn() -> None:
    check("""
        def overlap_loss(pred, y):
            eps = torch.finfo(pred.dtype).eps
            p = pred.detach()  # want CR101
            return 1 - ((p * y).sum() / (p.sum() + eps) + eps)
    """)
