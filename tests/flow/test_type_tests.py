"""Questions about types are answered by what a call hands over."""

from __future__ import annotations

from flow.checking import check


def test_a_list_is_no_tensor() -> None:
    check("""
        def as_tensor(data):
            if torch.is_tensor(data):
                return data
            return torch.as_tensor(data)  # want CR107 "reaches `rho`"

        def fit_loss(slope, rho, wanted):
            return (as_tensor([slope, rho]) - as_tensor(wanted)).pow(2).mean()
    """)


def test_one_of_several_types() -> None:
    check("""
        from collections.abc import Sequence

        def stacked(parts):
            if isinstance(parts, (torch.Tensor, nn.Parameter)):
                return parts
            if isinstance(parts, Sequence):
                return torch.tensor([float(part) for part in parts])  # want CR105 "flux"
            raise TypeError(parts)

        def fit_loss(flux, sky, counts):
            return (stacked((flux, sky)) - counts).square().sum()
    """)


def test_what_handles_lists_as_it_should() -> None:
    check("""
        def stacked(parts):
            if not isinstance(parts, (list, tuple)):
                return torch.as_tensor(float(parts))
            return torch.stack(list(parts))

        def as_list(parts):
            return [parts.item()] if torch.is_tensor(parts) else list(parts)

        def fit_loss(flux, sky, counts):
            return (stacked((flux, sky)) - counts).square().sum() + sum(as_list([flux, sky]))
    """)


def test_an_argument_may_be_either() -> None:
    check("""
        def energy_loss(pred, target):
            if isinstance(pred, (list, tuple)):
                pred = torch.stack(list(pred))
            if torch.is_tensor(target):
                target = target.detach()
            return (pred - target).square().mean()
    """)
