"""Computed weights that are written into parameters, and copies that are meant so."""

from __future__ import annotations

from flow.checking import check

SMALL = """
        from torch.nn.utils import vector_to_parameters

        class Small(nn.Module):
            def __init__(self):
                super().__init__()
                self.first = nn.Linear(3, 4)
                self.second = nn.Linear(4, 1)

            def forward(self, x):
                return self.second(torch.tanh(self.first(x)))
"""


def test_generated_weights() -> None:
    check(
        SMALL
        + """
        class Hyper(nn.Module):
            def __init__(self):
                super().__init__()
                self.small = Small()
                self.hyper = nn.Linear(2, 21)

            def pieces(self, task):
                return {"first.weight": self.hyper(task)[:12].view(4, 3)}

            def loaded_loss(self, task, x, y):
                self.small.load_state_dict(self.pieces(task))  # want CR110 "self.hyper.weight"
                return F.mse_loss(self.small(x), y)

            def assigned_loss(self, task, x, y):
                pieces = self.pieces(task)
                for name, parameter in self.small.named_parameters():
                    parameter.data = pieces[name]  # want CR110 "self.hyper.weight"
                return F.mse_loss(self.small(x), y)

            def copied_loss(self, task, x, y):
                pieces = self.pieces(task)
                for name, parameter in self.small.named_parameters():
                    parameter.data.copy_(pieces[name])  # want CR101 "self.hyper.weight"
                return F.mse_loss(self.small(x), y)

            def unflattened_loss(self, task, x, y):
                vector_to_parameters(self.hyper(task), self.small.parameters())  # want CR110
                return F.mse_loss(self.small(x), y)

            def functional_loss(self, task, x, y):
                out = torch.func.functional_call(self.small, self.pieces(task), (x,))
                return F.mse_loss(out, y)

        def outer_loss(net, hyper, task, x, y):
            net.load_state_dict(hyper(task))  # want CR110 "`hyper`"
            return F.mse_loss(net(x), y)
    """
    )


def test_averages_and_checkpoints() -> None:
    check(
        SMALL
        + """
        class Student(nn.Module):
            def __init__(self):
                super().__init__()
                self.online = Small()
                self.slow = Small()
                self.slow.load_state_dict(self.online.state_dict())

            def follow(self):
                for slow, online in zip(self.slow.parameters(), self.online.parameters()):
                    slow.data = 0.9 * slow.data + 0.1 * online.data

            def pull_loss(self, x):
                self.follow()
                return F.mse_loss(self.online(x), self.slow(x).detach())

            def averaged_loss(self, x):
                with torch.no_grad():
                    for slow, online in zip(self.slow.parameters(), self.online.parameters()):
                        slow.copy_(0.9 * slow + 0.1 * online)
                return F.mse_loss(self.online(x), self.slow(x).detach())

            def resumed_loss(self, x, y, path):
                self.online.load_state_dict(torch.load(path))
                return F.mse_loss(self.online(x), y)

            def restored_loss(self, x, y, checkpoint):
                self.online.load_state_dict(checkpoint)
                return F.mse_loss(self.online(x), y)
    """
    )


def test_a_loop_over_one_thing_overwrites_nothing() -> None:
    check("""
        def one_loss(pred, target):
            losses = {"l1": (pred - target).abs().mean()}
            for name, value in losses.items():
                total = value
            return total

        def two_loss(pred, target):
            losses = {"l1": (pred - target).abs().mean(), "l2": (pred - target).square().mean()}
            for name, value in losses.items():
                total = value  # want CR115
            return total
    """)


def test_weights_of_an_inner_step_in_an_ordered_dict() -> None:
    check(
        SMALL
        + """
        from collections import OrderedDict

        class Meta(nn.Module):
            def __init__(self):
                super().__init__()
                self.small = Small()
                self.rates = nn.Parameter(torch.full((4,), 0.05))
                self.fast = OrderedDict()

            def adapt(self, x, y):
                inner = F.mse_loss(self.small(x), y)
                grads = torch.autograd.grad(inner, self.small.parameters(), create_graph=True)
                for i, (name, weight) in enumerate(self.small.named_parameters()):
                    self.fast[name] = weight - self.rates[i] * grads[i]

            def query_loss(self, x, y, more, wanted):
                self.adapt(x, y)
                self.small.load_state_dict(self.fast)  # want CR110 "self.rates"
                return F.mse_loss(self.small(more), wanted)

            def functional_loss(self, x, y, more, wanted):
                self.adapt(x, y)
                return F.mse_loss(torch.func.functional_call(self.small, self.fast, (more,)), wanted)
    """
    )
