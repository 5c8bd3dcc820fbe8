"""Parts of a prediction that get no gradient beside parts that learn; and derivatives that are a term."""

from __future__ import annotations

from flow.checking import check


def test_a_rounded_coordinate_beside_one_that_learns() -> None:
    check("""
        def place_loss(heat, target, width):
            at = (heat.softmax(-1) * torch.arange(heat.shape[-1])).sum(-1)
            row = (at / width).floor()  # want CR201 "of `heat` through this term is exactly zero"
            column = at % width
            return (torch.stack([row, column], dim=-1) - target).abs().mean()

        def box_loss(raw, target):
            corner = raw[:, :2].round()  # want CR201 "exactly zero"
            return F.smooth_l1_loss(torch.cat([corner, raw[:, 2:].exp()], dim=1), target)

        def joint_loss(heat, depth, target):
            flat = heat.flatten(1)
            pixel = flat.argmax(dim=1).float()  # want CR104 "no gradient"
            return ((torch.stack([pixel, depth], dim=1) - target) ** 2).sum(1).mean()
    """)


def test_parts_that_are_given_or_chosen_are_meant() -> None:
    check("""
        def padded_loss(raw, target):
            return F.mse_loss(torch.cat([raw, torch.zeros_like(raw[:, :1])], dim=1), target)

        def anchored_loss(raw, anchor, target):
            return (torch.stack([raw, raw.detach()], dim=-1) - target).abs().mean()

        def straight_loss(raw, target):
            soft = raw + (raw.round() - raw).detach()
            return F.l1_loss(torch.stack([soft, raw], dim=1), target)

        def pseudo_loss(raw, logits, target):
            label = F.one_hot(logits.argmax(1), 3).float()
            return F.mse_loss(raw, target) + F.cross_entropy(logits, label)
    """)


def test_the_derivative_of_a_network_that_learns_elsewhere() -> None:
    check("""
        from torch.autograd.functional import jacobian

        net = nn.Sequential(nn.Linear(1, 8), nn.Tanh(), nn.Linear(8, 1))

        def value(at):
            return net(at).sum()

        def expansion_loss(x, y, a):
            near = value(a) + jacobian(value, a) * (x - a)  # want CR118 "this term of the loss"
            return ((near - y) ** 2).mean()

        def slope_loss(x, slopes):
            return F.mse_loss(jacobian(value, x), slopes)  # want CR118 "no gradient reaches `net.0.weight`"
    """)


def test_the_slope_of_a_teacher_is_a_target() -> None:
    check("""
        from torch.autograd.functional import jacobian

        big = nn.Linear(3, 1)
        small = nn.Linear(3, 1)

        def sobolev_loss(x):
            wanted = jacobian(lambda at: big(at).sum(), x)
            got = jacobian(lambda at: small(at).sum(), x, create_graph=True)
            return F.mse_loss(got, wanted)
    """)
