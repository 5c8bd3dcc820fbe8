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
