"""Activation checkpointing of parts whose inputs need no gradient."""

from __future__ import annotations

import pytest

from flow.checking import check

MODEL = """
    from torch.utils.checkpoint import checkpoint, checkpoint_sequential

    class Classifier(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Embedding(9, 4)
            self.encoder = nn.Sequential(nn.Linear(4, 4), nn.GELU(), nn.Linear(4, 4))
            self.head = nn.Linear(4, 2)

        def loss(self, images, labels):
            {before}
            hidden = {call}
            return F.cross_entropy(self.head(hidden), labels)
"""
WANT = '  # want CR102 "records nothing.* no gradient reaches `self.encoder'


@pytest.mark.parametrize(
    "call",
    [
        "checkpoint(self.encoder, images, use_reentrant=True)",
        "checkpoint(self.encoder, images)",
        "checkpoint_sequential(self.encoder, 2, images, use_reentrant=True)",
        "checkpoint_sequential([self.encoder[0], self.encoder[2]], 2, images)",
    ],
)
def test_reentrant_checkpointing_of_data(call: str) -> None:
    check(MODEL.format(before="pass", call=call + WANT + '"'))


@pytest.mark.parametrize(
    ("before", "call"),
    [
        ("pass", "checkpoint(self.encoder, images, use_reentrant=False)"),
        ("pass", "checkpoint(self.encoder, self.embed(images), use_reentrant=True)"),
        ("images.requires_grad_(True)", "checkpoint(self.encoder, images, use_reentrant=True)"),
        (
            "dummy = torch.ones(1, requires_grad=True)",
            "checkpoint(lambda x, _: self.encoder(x), images, dummy, use_reentrant=True)",
        ),
        ("pass", "checkpoint_sequential(self.encoder, 2, images, use_reentrant=False)"),
    ],
)
def test_checkpointing_that_records(before: str, call: str) -> None:
    check(MODEL.format(before=before, call=call))


def test_a_prediction_needs_its_gradient() -> None:
    check("""
        from torch.utils.checkpoint import checkpoint

        class Perceptual(nn.Module):
            def __init__(self):
                super().__init__()
                self.features = nn.Conv2d(3, 4, 3)

            def forward(self, pred, target):
                ours = checkpoint(self.features, pred, use_reentrant=True)
                theirs = checkpoint(self.features, target, use_reentrant=False)
                return F.l1_loss(ours, theirs)
    """)


def test_frozen_embeddings_before_a_reentrant_checkpoint() -> None:
    check("""
        from torch.utils.checkpoint import checkpoint

        class Adapted(nn.Module):
            def __init__(self, reentrant=True):
                super().__init__()
                self.embed = nn.Embedding(9, 4)
                self.embed.requires_grad_(False)
                self.adapter = nn.Linear(4, 4)

            def loss(self, ids, y):
                h = checkpoint(self.adapter, self.embed(ids), use_reentrant=True)  # want CR102 "Reentrant"
                return F.mse_loss(h, y)

            def other_loss(self, ids, y):
                h = checkpoint(self.adapter, self.embed(ids), use_reentrant=False)
                return F.mse_loss(h, y)
    """)
