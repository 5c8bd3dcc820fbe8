"""Losses of copies that are trained by optimisers of their own."""

from __future__ import annotations

from flow.checking import check

LEARNER = """
        import copy

        def adapted(net, x, y):
            fast = copy.deepcopy(net)
            opt = torch.optim.SGD(fast.parameters(), lr=0.1)
            opt.zero_grad()
            F.cross_entropy(fast(x), y).backward()
            opt.step()
            return fast

"""


def test_nobody_has_the_copy() -> None:
    check("""
        import copy

        class Meta(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Linear(4, 3)

            def outer_loss(self, x, y, qx, qy):
                fast = copy.deepcopy(self.net)  # want CR110 "the loss that is returned trains only that"
                opt = torch.optim.SGD(fast.parameters(), lr=0.1)
                F.cross_entropy(fast(x), y).backward()
                opt.step()
                return F.cross_entropy(fast(qx), qy)
    """)


def test_the_copy_comes_back() -> None:
    check(
        LEARNER
        + """
        class Reptile(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Linear(4, 3)

            def outer_loss(self, x, y, qx, qy):
                fast = adapted(self.net, x, y)
                with torch.no_grad():
                    for p, q in zip(self.net.parameters(), fast.parameters()):
                        p.add_(0.1 * (q - p))
                return F.cross_entropy(fast(qx), qy)

        class Loaded(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Linear(4, 3)

            def outer_loss(self, x, y, qx, qy):
                fast = adapted(self.net, x, y)
                self.net.load_state_dict(fast.state_dict())
                return F.cross_entropy(fast(qx), qy)

        class Returned(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Linear(4, 3)

            def local_loss(self, x, y, qx, qy):
                fast = adapted(self.net, x, y)
                return F.cross_entropy(fast(qx), qy), fast

        class Held(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Linear(4, 3)
                self.fast = None

            def local_loss(self, x, y, qx, qy):
                self.fast = adapted(self.net, x, y)
                return F.cross_entropy(self.fast(qx), qy)

        class Measured(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Linear(4, 3)

            def test_loss(self, x, y, qx, qy):
                return F.cross_entropy(adapted(self.net, x, y)(qx), qy)
    """
    )


def test_copies_that_a_script_pulls_its_network_to() -> None:
    check(
        LEARNER
        + """
        net, head = nn.Linear(4, 4), nn.Linear(4, 2)
        opt = torch.optim.SGD(head.parameters(), lr=0.1)
        for x, y in [(torch.randn(8, 4), torch.randint(0, 2, (8,)))]:
            fast = adapted(net, x, y)
            with torch.no_grad():
                for p, q in zip(net.parameters(), fast.parameters()):
                    p.add_(0.5 * (q - p))
            opt.zero_grad()
            F.cross_entropy(head(fast(x).detach()), y).backward()
            opt.step()
    """
    )
