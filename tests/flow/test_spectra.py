"""Roots and logarithms of eigenvalues: a matrix times its own transpose has some that are 0."""

from __future__ import annotations

from flow.checking import check


def test_eigenvalues_of_covariances() -> None:
    check("""
        def whitening_loss(x, y):
            x = x - x.mean(0)
            values, vectors = torch.linalg.eigh(x.T @ x / len(x))
            scale = vectors @ torch.diag(values.rsqrt()) @ vectors.T  # want CR301
            return (x @ scale - y).square().mean()

        def volume_loss(x):
            return -torch.linalg.eigvalsh(torch.cov(x.T)).log().sum()  # want CR305

        def diversity_loss(features):
            return -torch.logdet(features @ features.transpose(-1, -2))  # want CR305 "reaches 0"
    """)


def test_eigenvalues_kept_off_zero() -> None:
    check("""
        def whitening_loss(x, y, eps=1e-4):
            x = x - x.mean(0)
            values, vectors = torch.linalg.eigh(x.T @ x / len(x) + eps * torch.eye(x.shape[1]))
            scale = vectors @ torch.diag(values.rsqrt()) @ vectors.T
            return (x @ scale - y).square().mean()

        def coding_rate_loss(z, d=4):
            return -torch.logdet(torch.eye(d) + z.T @ z / len(z))

        def spectrum_loss(x):
            values = torch.linalg.eigvalsh(x.T @ x)
            return torch.log1p(values).sum() + (values / values.sum()).square().sum()

        def given_loss(matrix):
            return torch.linalg.eigvalsh(matrix).sqrt().sum()
    """)
