"""Parameters that a network exchanges for others after its optimiser was made."""

from __future__ import annotations

from flow.checking import check

NETWORK = """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.body = nn.Linear(5, 8)
                self.head = nn.Linear(8, 3)

            def forward(self, x):
                return self.head(self.body(x).relu())

"""


def test_a_head_is_replaced_too_late() -> None:
    check(
        NETWORK
        + """
        class Late:
            def __init__(self):
                self.net = Net()
                self.opt = torch.optim.SGD(self.net.parameters(), lr=0.1)
                old = self.net.head
                self.net.head = nn.Linear(8, 5)  # want CR110 "no gradient reaches the old `self.net.head.we"
                with torch.no_grad():
                    self.net.head.weight[:3].copy_(old.weight)

            def step_loss(self, x, y):
                return F.cross_entropy(self.net(x), y)

        class InTime:
            def __init__(self):
                self.net = Net()
                old = self.net.head
                self.net.head = nn.Linear(8, 5)
                self.net.head.weight.data[:3] = old.weight.data
                self.opt = torch.optim.SGD(self.net.parameters(), lr=0.1)

            def step_loss(self, x, y):
                return F.cross_entropy(self.net(x), y)
    """
    )


def test_what_an_optimiser_is_given_later() -> None:
    check(
        NETWORK
        + """
        def finetune(x, y):
            net = Net()
            opt = torch.optim.SGD(net.parameters(), lr=0.1)
            net.head = nn.Linear(8, 5)
            opt.add_param_group({"params": net.head.parameters()})
            F.cross_entropy(net(x), y).backward()
            opt.step()

        def warm_up(x, y):
            net = Net()
            opt = torch.optim.SGD(net.body.parameters(), lr=0.1)
            net.head = nn.Linear(8, 5)
            F.cross_entropy(net(x), y).backward()
            opt.step()

        def wrapped(x, y):
            net = Net()
            opt = torch.optim.SGD(net.parameters(), lr=0.1)
            net.head = nn.Sequential(nn.Dropout(), net.head)
            F.cross_entropy(net(x), y).backward()
            opt.step()

        def layered(x, y):
            net = nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 3))
            opt = torch.optim.SGD(net.parameters(), lr=0.1)
            net[-1] = nn.Linear(8, 5)  # want CR110 "the optimizer does not have the new one"
            F.cross_entropy(net(x), y).backward()
            opt.step()
    """
    )


def test_a_parameter_that_starts_like_another() -> None:
    check("""
        class Twins:
            def __init__(self):
                self.left = nn.Linear(5, 3)
                self.right = nn.Linear(5, 3)
                with torch.no_grad():  # want CR102 "`self.left.weight`"
                    self.right.weight.copy_(self.left.weight.exp())

            def loss(self, x, y):
                return F.cross_entropy(self.right(x), y)
    """)
    check("""
        class Copied:
            def __init__(self):
                self.left = nn.Linear(5, 3)
                self.right = nn.Linear(5, 3)
                self.opt = torch.optim.SGD([*self.left.parameters(), *self.right.parameters()], lr=0.1)
                with torch.no_grad():
                    self.right.weight.copy_(self.left.weight.t().t())

            def loss(self, x, y):
                return F.cross_entropy(self.right(x), y)
    """)


def test_a_table_that_grows() -> None:
    check("""
        class Classifier(nn.Module):
            def __init__(self):
                super().__init__()
                self.embedding = nn.Embedding(20, 8)
                self.fc = nn.Linear(8, 2)

            def forward(self, ids):
                return self.fc(self.embedding(ids).mean(1))

            def grow(self, n):
                table = self.embedding.weight.data
                grown = torch.cat([table, torch.randn(n, 8)])
                self.embedding = nn.Embedding.from_pretrained(grown, freeze=False)  # want CR110 "the new one"

        net = Classifier()
        opt = torch.optim.SGD(net.parameters(), lr=0.1)
        net.grow(5)
        for ids, y in [(torch.randint(0, 25, (6, 4)), torch.randint(0, 2, (6,)))]:
            opt.zero_grad()
            F.cross_entropy(net(ids), y).backward()
            opt.step()
    """)
    check("""
        class Learnt(nn.Module):
            def __init__(self, table):
                super().__init__()
                self.embedding = nn.Embedding.from_pretrained(table, freeze=False)
                self.fc = nn.Linear(8, 2)

            def loss(self, ids, y):
                return F.cross_entropy(self.fc(self.embedding(ids).mean(1)), y)

        class Made(nn.Module):
            def __init__(self):
                super().__init__()
                self.make = nn.Linear(3, 8)
                self.fc = nn.Linear(8, 2)

            def loss(self, classes, ids, y):
                table = nn.Embedding.from_pretrained(self.make(classes), freeze=False)  # want CR110 "`self
                return F.cross_entropy(self.fc(table(ids).mean(1)), y)
    """)
