"""Masks that exclude whole rows of attention, and masks that are written piece by piece."""

from __future__ import annotations

import pytest

from flow.checking import check

BLOCK = """
    def block_loss(q, k, v, valid, want):
        scores = q @ k.transpose(-2, -1)
        {mask}
        scores = scores.masked_fill({hidden}, float("-inf"))
        weights = torch.softmax(scores, dim=-1){want}
        {after}
        return (({product} - want) ** 2)[valid].mean()
"""
NAN = '  # want CR302 "row that the mask excludes entirely, .*the gradient of `v` can become NaN"'


@pytest.mark.parametrize(
    ("mask", "hidden"),
    [
        ("keep = valid.unsqueeze(-1) & valid.unsqueeze(-2)", "~keep"),
        ("keep = valid[:, :, None] * valid[:, None, :]", "keep == 0"),
        ("keep = torch.logical_and(valid[:, None], valid[..., None])", "torch.logical_not(keep)"),
    ],
)
@pytest.mark.parametrize(
    "product", ["weights @ v", "torch.bmm(weights, v)", 'torch.einsum("bij,bjd->bid", weights, v)']
)
def test_a_mask_of_pairs_excludes_the_rows_of_the_padding(mask: str, hidden: str, product: str) -> None:
    check(BLOCK.format(mask=mask, hidden=hidden, after="pass", product=product, want=NAN))


@pytest.mark.parametrize(
    ("mask", "hidden", "after"),
    [
        ("keep = valid.unsqueeze(-2)", "~keep", "pass"),
        ("keep = valid.unsqueeze(-1) & valid.unsqueeze(-2)", "~keep", "weights = torch.nan_to_num(weights)"),
        (
            "keep = valid.unsqueeze(-1) & valid.unsqueeze(-2)",
            "~keep",
            "weights = weights.masked_fill(~keep, 0.0)",
        ),
        (
            "keep = (valid.unsqueeze(-1) & valid.unsqueeze(-2)) | torch.eye(valid.size(1), dtype=torch.bool)",
            "~keep",
            "pass",
        ),
    ],
)
def test_rows_of_which_something_is_left(mask: str, hidden: str, after: str) -> None:
    check(BLOCK.format(mask=mask, hidden=hidden, after=after, product="weights @ v", want=""))


def test_a_block_of_a_mask_that_is_written() -> None:
    check("""
        def set_loss(q, k, v, lengths, want):
            mask = torch.zeros(q.size(0), q.size(1), q.size(1))
            for i in range(len(lengths)):
                mask[i, : lengths[i], : lengths[i]].fill_(1)
            scores = (q @ k.mT).masked_fill(mask == 0, -torch.inf)
            weights = torch.softmax(scores, dim=-1)  # want CR302 "excludes entirely"
            return (weights @ v - want).square().mean()
    """)


def test_a_part_of_a_mask_that_is_filled_is_no_longer_zero() -> None:
    check("""
        def frame_loss(pred, wanted, lengths):
            mask = torch.zeros(pred.shape)
            for i in range(len(lengths)):
                mask[i, : lengths[i]].fill_(1)
            return F.relu((pred - wanted) ** 2 * mask - 0.1).sum() / mask.sum()
    """)


def test_elements_that_an_additive_mask_of_keys_leaves_out() -> None:
    check("""
        def mixer_loss(q, k, v, pad, want):
            bias = torch.zeros(len(pad), 1, pad.size(1)).masked_fill(pad[:, None, :], float("-inf"))
            causal = torch.full((pad.size(1), pad.size(1)), float("-inf")).triu(1)
            weights = (q @ k.mT + bias + causal).softmax(-1)
            return ((weights @ v - want) ** 2)[~pad].mean()
    """)


def test_a_mask_of_pairs_by_einsum() -> None:
    check("""
        def pair_loss(nodes, values, lengths, label):
            alive = torch.arange(nodes.size(1))[None] < lengths[:, None]
            both = torch.einsum("bi,bj->bij", alive.float(), alive.float())
            scores = (nodes @ nodes.mT).masked_fill(both == 0, float("-inf"))
            mixed = torch.matmul(scores.softmax(dim=-1), values)  # want CR302 "excludes entirely"
            return (torch.where(alive[..., None], mixed, 0.0).sum((1, 2)) - label).pow(2).mean()
    """)


def test_the_sum_of_rows_that_an_additive_mask_excludes() -> None:
    check("""
        def total_loss(pred, mask):
            scores = pred + torch.where(mask, 0.0, float("-inf"))
            total = torch.logsumexp(scores, dim=1)  # want CR302 "excludes entirely"
            return -torch.where(mask.any(dim=1), total, torch.zeros_like(total)).mean()

        def filled_loss(pred, mask):
            total = torch.logsumexp(pred.masked_fill(~mask, float("-inf")), dim=1)
            return -torch.where(mask.any(dim=1), total, torch.zeros_like(total)).mean()

        def large_loss(pred, mask):
            total = torch.logsumexp(pred + torch.where(mask, 0.0, -1e9), dim=1)
            return -torch.where(mask.any(dim=1), total, torch.zeros_like(total)).mean()
    """)
