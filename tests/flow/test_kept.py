"""What one object keeps of a training step, and the next one meets."""

from __future__ import annotations

from flow.checking import check


def test_a_statistic_that_another_object_keeps() -> None:
    check("""
        class Running:
            def __init__(self):
                self.value = None

            def update(self, x):
                if self.value is None:
                    self.value = x
                else:
                    self.value = 0.9 * self.value + 0.1 * x  # want CR504 "graph of the previous step"
                return self.value

        class Scaled(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Linear(4, 1)
                self.scale = Running()

            def step_loss(self, x, y):
                error = (self.net(x) - y).abs().mean()
                return error / self.scale.update(error)

        class ScaledByValue(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Linear(4, 1)
                self.scale = Running()

            def step_loss(self, x, y):
                error = (self.net(x) - y).abs().mean()
                return error / self.scale.update(error.detach())
    """)


def test_items_that_another_object_keeps() -> None:
    check("""
        class Running:
            def __init__(self, n):
                self.values = [None] * n

            def update(self, losses):
                for i, loss in enumerate(losses):
                    if self.values[i] is None:
                        self.values[i] = loss
                    else:
                        self.values[i] = 0.9 * self.values[i] + loss  # want CR504 "graph of the prev"
                return self.values

        class Weighted(nn.Module):
            def __init__(self):
                super().__init__()
                self.heads = nn.ModuleList([nn.Linear(4, 1), nn.Linear(4, 1)])
                self.running = Running(2)

            def step_loss(self, x, y):
                losses = [F.mse_loss(head(x), y) for head in self.heads]
                return sum(a / b for a, b in zip(losses, self.running.update(losses)))
    """)


def test_what_another_method_makes_anew() -> None:
    check("""
        class Core(nn.Module):
            def __init__(self):
                super().__init__()
                self.cell = nn.GRUCell(3, 4)
                self.h = None

            def reset(self, batch):
                self.h = torch.zeros(batch, 4)

            def tick_loss(self, x, y):
                self.h = self.cell(x, self.h)
                return F.mse_loss(self.h, y)
    """)


def test_items_that_are_emptied_when_they_are_read() -> None:
    check("""
        class Outputs:
            def __init__(self):
                self.kept = {}

            def put(self, key, x):
                self.kept[key] = {"value": x}

            def take(self, key):
                taken = self.kept[key]
                self.kept[key] = dict()
                return taken["value"]

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.body = nn.Linear(4, 1)
                self.outputs = Outputs()

            def step_loss(self, x, y):
                self.outputs.put("body", self.body(x))
                return F.mse_loss(self.outputs.take("body"), y)
    """)
