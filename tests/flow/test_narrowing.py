"""Branches that ask whether a value is a tensor: in the others it has no gradient to lose."""

from __future__ import annotations

from flow.checking import check


def test_an_array_is_computed_by_numpy() -> None:
    check("""
        import numpy as np

        def either_loss(pred, target):
            if isinstance(pred, np.ndarray):
                return np.mean(np.abs(pred - target))
            return torch.mean(torch.abs(pred - target))

        def kept_loss(pred, target):
            if torch.is_tensor(pred) and torch.is_tensor(target):
                err = F.mse_loss(pred, target)
            elif not isinstance(pred, torch.Tensor):
                err = float(np.mean((np.asarray(pred) - target) ** 2))
            else:
                err = F.mse_loss(pred, torch.tensor(target))
            return err

        def number_loss(pred, target):
            if isinstance(pred, torch.Tensor):
                return F.mse_loss(pred, target)
            return np.mean((pred - target) ** 2)

        def turned_loss(pred, target):
            if isinstance(pred, np.ndarray):
                return F.mse_loss(pred, target)
            return np.mean((pred - target) ** 2)  # want CR106
    """)


def test_data_becomes_a_tensor() -> None:
    check("""
        def made_loss(pred, target):
            if not isinstance(pred, torch.Tensor):
                pred = torch.tensor(pred)
            return F.mse_loss(pred, target)

        def chosen_loss(pred, target):
            pred = pred if isinstance(pred, torch.Tensor) else torch.tensor(pred)
            return F.mse_loss(pred, target)

        def remade_loss(pred, target):
            if isinstance(pred, torch.Tensor):
                pred = torch.tensor(pred)  # want CR107
            return F.mse_loss(pred, target)

        def listed_loss(preds, target):
            if isinstance(preds, list):
                preds = torch.tensor([each.mean() for each in preds])  # want CR107
            return F.mse_loss(preds, target)
    """)


def test_a_tensor_becomes_an_array() -> None:
    check("""
        import numpy as np

        def numbers_loss(pred, target):
            if isinstance(pred, torch.Tensor):
                pred = pred.detach().cpu().numpy()  # want CR101
            return np.mean((pred - target) ** 2)

        def after_loss(pred, target):
            if not torch.is_tensor(pred):
                target = target * 1
            return F.mse_loss(pred.detach(), target)  # want CR101
    """)


def test_sizes_are_plain_numbers() -> None:
    check("""
        import math

        def edge_criterion(blocks, window_size, threshold):
            return blocks.unfold(-1, window_size, 1).std(dim=-1) < threshold

        def edge_loss(pred, window_size, threshold):
            return (pred.unfold(-1, window_size, 1).std(dim=-1) < threshold).sum()  # want CR103

        def split(count: int, split_sizes):
            taken = 0
            for i in range(len(split_sizes)):
                split_sizes[i] = int(math.floor(split_sizes[i] * count))
                taken += split_sizes[i]
            return sum(split_sizes)
    """)
