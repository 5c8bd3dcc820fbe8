"""Sums that lose their terms in a loop, and loops that may find nothing to add."""

from __future__ import annotations

from flow.checking import check


def test_entries_that_every_round_sets() -> None:
    check("""
        def head_losses(outs, targets, weights):
            losses = {}
            for name, out in outs.items():
                losses["total"] = weights[name] * F.l1_loss(out, targets[name])  # want CR115 "losses"
            return losses

        def named_losses(outs, targets):
            losses = {}
            for name, out in outs.items():
                losses[name] = F.l1_loss(out, targets[name])
            losses["total"] = sum(losses.values())
            return losses

        def added_losses(outs, targets):
            losses = {"total": 0}
            for name, out in outs.items():
                losses["total"] = losses["total"] + F.l1_loss(out, targets[name])
            return losses

        class RelayLoss(nn.Module):
            def __init__(self):
                super().__init__()
                self.weights, self.part = {"swim": 1.0, "run": 0.5}, nn.SmoothL1Loss()

            def forward(self, swim, run, target):
                legs = {"swim": swim, "run": run}
                report = {"total": 0.0}
                for name, split in legs.items():
                    report[name] = self.weights[name] * self.part(split, target[name])
                    report["total"] = report[name]  # want CR115 "report"
                return report["total"]

        def last_losses(cell, state, targets):
            losses = {}
            for target in targets:
                state = cell(state)
                losses["final"] = F.l1_loss(state, target)
            return losses
    """)


def test_a_return_inside_the_loop() -> None:
    check("""
        def levels_loss(preds, targets):
            total = 0
            for pred, target in zip(preds, targets):
                total = total + F.mse_loss(pred, target)
                return total  # want CR115 "first round"

        def stacked_loss(preds, targets):
            terms = []
            for pred, target in zip(preds, targets):
                terms.append(F.mse_loss(pred, target))
                return torch.stack(terms).mean()  # want CR115

        def first_loss(preds, targets):
            for pred, target in zip(preds, targets):
                return F.mse_loss(pred, target)

        def until_loss(preds, targets, limit):
            total = 0
            for pred, target in zip(preds, targets):
                total = total + F.mse_loss(pred, target)
                if len(preds) > limit:
                    return total
            return total
    """)


def test_a_loop_over_what_a_condition_picked() -> None:
    check("""
        def matched(cost, limit):
            rows, cols = torch.nonzero(cost < limit, as_tuple=True)
            return zip(rows.tolist(), cols.tolist())

        def track_loss(pred, gt, limit=0.5):
            total, n = torch.zeros(()), 0  # want CR114
            for i, j in matched(torch.cdist(pred.detach(), gt), limit):
                total = total + (pred[i] - gt[j]).abs().sum()
                n += 1
            return total / max(n, 1)

        def kept_loss(pred, gt, limit=0.5):
            total = pred.sum() * 0
            for i, j in matched(torch.cdist(pred.detach(), gt), limit):
                total = total + (pred[i] - gt[j]).abs().sum()
            return total

        def regularised_loss(pred, gt, limit=0.5):
            total = torch.zeros(())
            for i, j in matched(torch.cdist(pred.detach(), gt), limit):
                total = total + (pred[i] - gt[j]).abs().sum()
            return total + 0.1 * pred.square().mean()

        def every_loss(pred, gt):
            total = torch.zeros(())
            for i in range(len(pred)):
                total = total + (pred[i] - gt[i]).abs().sum()
            return total
    """)


def test_a_list_that_may_have_stayed_empty() -> None:
    check("""
        def pair_loss(emb, labels):
            terms = []
            for i in range(len(emb)):
                if labels[i] > 0:
                    terms.append(emb[i].square().sum())
            return torch.stack(terms).mean() if terms else torch.tensor(0.0)  # want CR114

        def safe_pair_loss(emb, labels):
            terms = []
            for i in range(len(emb)):
                if labels[i] > 0:
                    terms.append(emb[i].square().sum())
            return torch.stack(terms).mean() if terms else emb.sum() * 0.0
    """)


def test_constants_of_helpers() -> None:
    check("""
        def flood(value, level):
            if value < level:
                return torch.tensor(level)  # want CR114
            return value

        def flooded_loss(logits, y, level=5.0):
            return flood(F.cross_entropy(logits, y), level)

        def positives(pred, y):
            if not (y > 0).any():
                return torch.tensor(0.0)
            return (pred[y > 0] - 1).square().mean()

        def both_loss(pred, y):
            return positives(pred, y) + pred.square().mean()

        def box_cost(boxes, gt, scores):
            keep = scores > 0.5
            if keep.sum() == 0:
                return torch.tensor(0.0)  # want CR114
            return F.smooth_l1_loss(boxes[keep], gt[keep])
    """)


def test_a_zero_for_data_without_any_in_what_no_name_calls_a_loss() -> None:
    check("""
        class Trainer:
            def __init__(self, net):
                self.net = net

            def step(self, x, y):
                out = self.net(x)
                keep = y > 0
                if keep.sum() == 0:
                    return torch.tensor(0.0)  # want CR114
                return (out[keep] - y[keep]).square().mean()

        def overlap(logits, masks):
            scores = []
            for p, m in zip(logits.sigmoid(), masks):
                if m.sum() > 0:
                    scores.append((p * m).sum() / m.sum())
            if not scores:
                return torch.zeros(())  # want CR114
            return 1 - torch.stack(scores).mean()
    """)


def test_a_zero_of_one_term_among_others() -> None:
    check("""
        class Trainer:
            def __init__(self, net):
                self.net = net

            def corners(self, out, y):
                keep = y > 0
                if keep.sum() == 0:
                    return torch.tensor(0.0)
                return (out[keep] - y[keep]).square().mean()

            def step(self, x, y):
                out = self.net(x)
                return self.corners(out, y) + out.square().mean()

        def _centre(x, keep):
            if keep.sum() == 0:
                return torch.zeros(())
            return x[keep].mean()

        def resized(table, index):
            if index.max() == 0:
                return table.new_zeros((1, 4))
            return table[index].mean(0)
    """)


def test_zeros_that_a_helper_hands_out_for_data_without_any() -> None:
    check("""
        def masked(hidden, head, goal, mask):
            valid = mask.flatten().nonzero().squeeze(-1)
            if valid.numel() == 0:
                zero = hidden.new_tensor(0.0)  # want CR114
                return zero, zero
            logp = head(hidden.flatten(0, 1)[valid]).log_softmax(-1)
            kept = goal.flatten(0, 1)[valid]
            loss = -(kept.softmax(-1) * logp).sum(-1).mean()
            return loss, (logp.argmax(-1) == kept.argmax(-1)).float().mean()

        def training_step(net, head, batch, depth=2):
            hidden, goal, mask = batch
            total = 0.0
            for _ in range(depth):
                hidden = net(hidden)
                loss, accuracy = masked(hidden, head, goal, mask)
                total = total + loss
            return total

        def terms(head, feats, lanes):
            for feat, lane in zip(feats, lanes):
                if lane.numel() == 0:
                    yield torch.zeros((), requires_grad=True)  # want CR114 "stands for data"
                    continue
                yield F.smooth_l1_loss(head(feat).expand_as(lane), lane)

        def lane_loss(head, feats, lanes):
            return torch.stack(list(terms(head, feats, lanes))).mean()

        def regular_lane_loss(head, feats, lanes):
            return sum(terms(head, feats, lanes)) + 1e-4 * head.weight.square().sum()
    """)


def test_an_accumulator_that_is_still_none() -> None:
    check("""
        def beam_loss(logp, beams):
            best = None
            for beam in beams:
                score = logp[beam].mean()
                best = score if best is None else torch.maximum(best, score)
            return -best if best is not None else torch.tensor(0.0, requires_grad=True)  # want CR114

        def chain_loss(net, xs, ys):
            state, total = None, 0.0
            for x, y in zip(xs, ys):
                out, state = net(x, state)
                total = total + F.mse_loss(out, y)
            if state is not None:
                total = total + 1e-3 * state.pow(2).mean()
            return total
    """)


def test_an_optional_term_is_no_loss() -> None:
    check("""
        class PoseLoss(nn.Module):
            def __init__(self, bones):
                super().__init__()
                self.bones = bones

            def bone_term(self, pred, gt):
                terms = []
                for i, j in self.bones:
                    terms.append((pred[:, i] - gt[:, j]).abs().mean())
                return torch.stack(terms).mean() if terms else pred.new_zeros(())

            def forward(self, pred, gt):
                return (pred - gt).abs().mean() + 0.1 * self.bone_term(pred, gt)
    """)


def test_counts_by_predictions() -> None:
    check("""
        def kappa_loss(logits, y, k=5):
            guess = logits.softmax(1).argmax(1)  # want CR104
            table = torch.zeros(k, k)
            for g, t in zip(guess, y):
                table[t, g] += 1
            return table.triu(1).sum() / table.sum()
    """)


def test_arrays_that_are_filled() -> None:
    check("""
        import numpy as np

        def dtw_loss(a, b):
            cost = np.full((len(a) + 1, len(b) + 1), np.inf)
            for i in range(len(a)):
                for j in range(len(b)):
                    cost[i + 1, j + 1] = float(a[i] - b[j]) + min(cost[i, j], cost[i, j + 1])  # want CR105
            return torch.as_tensor(cost[-1, -1])

        def to_np(t):
            return t.detach().cpu().numpy()  # want CR101

        def chamfer_loss(a, b):
            d = ((to_np(a)[:, None] - to_np(b)[None]) ** 2).sum(-1)
            return torch.tensor(d.min(1).mean() + d.min(0).mean())
    """)


def test_terms_that_became_numbers() -> None:
    check("""
        import numpy as np

        class MeshLoss(nn.Module):
            def volume(self, v):
                return float(np.abs(np.linalg.det(np.asarray(v.detach()))))  # want CR101

            def loss(self, verts, wanted):
                return (self.volume(verts) - wanted) ** 2 + 0.1 * verts.pow(2).sum()

        def stacked_loss(x, y):
            fit = (x - y).pow(2).mean()
            size = (x.abs() > 1e-2).float().mean()  # want CR103
            return torch.stack([fit, 0.1 * size]).sum()

        def weighted_loss(pred, y, w):
            a = (pred - y).abs().mean()
            b = (pred.round() - y).abs().mean()  # want CR201
            return torch.dot(torch.stack([a, b]), w)

        def commitment_loss(z, q):
            return (z.detach() - q).pow(2).mean() + 0.25 * (z - q.detach()).pow(2).mean()
    """)


def test_a_sum_that_takes_itself_back() -> None:
    check("""
        def rounded_loss(pred, y):
            q = pred + (pred.round() - pred)  # want CR201
            return (q - y).pow(2).mean()

        def straight_loss(pred, y):
            q = pred + (pred.round() - pred).detach()
            return (q - y).pow(2).mean()
    """)


def test_hinges_of_python_in_a_loop() -> None:
    check("""
        def margin_loss(pos, neg, margin=0.2):
            total = 0
            for p, n in zip(pos, neg):
                total += max(0, margin + n - p)  # want CR114
            return total / len(pos)

        def kept_margin_loss(pos, neg, margin=0.2):
            total = 0
            for p, n in zip(pos, neg):
                total += torch.relu(margin + n - p)
            return total / len(pos)
    """)


def test_a_loss_that_is_only_named_in_the_loop() -> None:
    check("""
        class PyramidLoss(nn.Module):
            scales = (1, 2, 4)

            def forward(self, pred, target):
                for scale in self.scales:
                    small = F.avg_pool2d(pred, scale)
                    loss = F.l1_loss(small, F.avg_pool2d(target, scale)) / scale  # want CR115 "last round"
                return loss
    """)


def test_a_loss_of_the_last_round() -> None:
    check("""
        def unrolled_loss(cell, state, target):
            for step in range(4):
                state = cell(state)
                loss = F.mse_loss(state, target[step])
            return loss

        def first_fit_loss(pred, targets):
            for target in targets:
                loss = F.mse_loss(pred, target)
                if target.sum() > 0:
                    break
            return loss

        def listed_loss(pred, targets):
            terms = []
            for target in targets:
                loss = F.mse_loss(pred, target)
                terms.append(loss)
            return torch.stack(terms).sum()
    """)


def test_a_loss_that_starts_from_a_term() -> None:
    check("""
        def supervised_loss(preds, target):
            base = F.mse_loss(preds[-1], target)
            loss = base
            for pred in preds[:-1]:
                loss = base + 0.1 * F.l1_loss(pred, target)  # want CR115 "last round"
            return loss
    """)


def test_a_loss_that_is_set_again_unread() -> None:
    check("""
        def typing_loss(pred, target):
            loss = F.l1_loss(pred, target)
            loss =+ 0.1 * pred.abs().mean()  # want CR115 "set again before anything has read it"
            return loss

        def forgetful_loss(pred, target):
            total = F.l1_loss(pred, target)
            size = pred.pow(2).mean()
            total = 0.1 * size  # want CR115 "`total` is set again"
            return total
    """)


def test_a_loss_that_is_set_again_and_was_read() -> None:
    check("""
        def logged_loss(pred, target):
            loss = F.l1_loss(pred, target)
            print(loss.item())
            loss = F.mse_loss(pred, target)
            return loss

        def chosen_loss(pred, target, squared=True):
            loss = F.l1_loss(pred, target)
            if squared:
                loss = F.mse_loss(pred, target)
            return loss

        def listed_loss(pred, target):
            losses = [F.l1_loss(pred, target), F.mse_loss(pred, target)]
            loss = losses[0]
            loss = sum(losses)
            return loss

        def stepping_loss(critic, state, action):
            loss = -critic(state, action).mean()
            critic.adapt(state)
            loss = -critic(state, action).mean()
            return loss
    """)


def test_entries_that_every_round_sets_anew_by_update() -> None:
    check("""
        class Criterion(nn.Module):
            def classes(self, out, goal):
                return {"ce": F.cross_entropy(out["logits"], goal["cls"])}

            def boxes(self, out, goal):
                return {"box": F.l1_loss(out["boxes"], goal["box"])}

            def forward(self, outputs, goal):
                losses = {}
                for layer in outputs["layers"]:
                    for part in (self.classes, self.boxes):
                        found = part(layer, goal)
                        losses.update(found)  # want CR115 "losses"
                return sum(losses.values())

        def terms(out, goal):
            return {"near": F.mse_loss(out, goal), "far": F.l1_loss(out, goal)}

        def scales_loss(outs, goal):
            losses = {}
            for out in outs:
                losses.update(terms(out, goal))  # want CR115
            return losses["near"] + losses["far"]
    """)


def test_entries_of_their_own_by_update() -> None:
    check("""
        def terms(out, goal):
            return {"near": F.mse_loss(out, goal), "far": F.l1_loss(out, goal)}

        def numbered_loss(outs, goal):
            losses = {}
            for i, out in enumerate(outs):
                losses.update({f"{key}_{i}": value for key, value in terms(out, goal).items()})
            return sum(losses.values())

        def summed_loss(outs, goal):
            total, losses = 0.0, {}
            for out in outs:
                losses.update(terms(out, goal))
                total = total + sum(losses.values())
            return total

        class Criterion(nn.Module):
            def near(self, out, goal):
                return {"near": F.mse_loss(out, goal)}

            def far(self, out, goal):
                return {"far": F.l1_loss(out, goal)}

            def forward(self, out, goal, names=("near", "far")):
                losses = {}
                for name in names:
                    losses.update(getattr(self, name)(out, goal))
                return sum(losses.values())
    """)


def test_a_sum_that_is_set_anew_in_the_middle() -> None:
    check("""
        def total_loss(out, goal, latent, use_norm, use_near, use_far):
            loss = 0.0
            if use_norm:
                loss += latent.norm(dim=-1).mean()
            if use_near:
                loss = F.mse_loss(out, goal)  # want CR115
            if use_far:
                loss += F.l1_loss(out, goal)
            return loss

        def plain_loss(out, goal, latent):
            loss = F.mse_loss(out, goal)
            loss += latent.square().mean()
            loss = F.l1_loss(out, goal)  # want CR115
            loss += 0.1 * out.abs().mean()
            return loss
    """)


def test_sums_of_two_modes() -> None:
    check("""
        def mode_loss(out, goal, latent, mode):
            loss = 0.0
            if mode == "plain":
                loss += F.mse_loss(out, goal)
            if mode == "robust":
                loss = F.l1_loss(out, goal)
            loss += latent.square().mean()
            return loss

        def replaced_loss(out, goal, latent, simple):
            loss = F.mse_loss(out, goal)
            loss += latent.square().mean()
            if simple:
                loss = F.l1_loss(out, goal)
            return loss

        def logged_loss(out, goal, latent, log):
            loss = F.mse_loss(out, goal)
            loss += latent.square().mean()
            loss.backward()
            loss = F.l1_loss(out, goal)
            loss += 0.1 * out.abs().mean()
            return loss
    """)
