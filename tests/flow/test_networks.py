"""An argument called `model` is the network that its file defines, where there is one."""

from __future__ import annotations

from textwrap import dedent

from chainrule import Analyzer
from flow.checking import HEADER, check

NET = """
    class Tagger(nn.Module):
        def __init__(self):
            super().__init__()
            self.body, self.head = nn.Linear(4, 8), nn.Linear(8, 1)

"""


def test_what_the_only_network_does_is_what_its_argument_does() -> None:
    check(
        NET
        + """
        def forward(self, x):
            return self.head(self.body(x).relu()).round()  # want CR201 "`model.body.weight` and"

    def train_step(model, x, y):
        return F.mse_loss(model(x).squeeze(-1), y)
    """
    )


def test_a_part_of_the_network_is_none_by_itself() -> None:
    check("""
        class Scale(nn.Module):
            def forward(self, x):
                power = (x - x.mean(0)).square().mean(0)
                return x / power.sqrt()  # want CR301 "`net.body.weight`"

        class Tagger(nn.Module):
            def __init__(self):
                super().__init__()
                self.body, self.norm = nn.Linear(4, 8), Scale()

            def forward(self, x):
                return self.norm(self.body(x))

        def fit(net, optimizer, x, y):
            loss = F.mse_loss(net(x), y)
            loss.backward()
            optimizer.step()
    """)


def test_one_of_several_networks_is_not_guessed() -> None:
    check("""
        class Hard(nn.Module):
            def forward(self, x):
                return x.round()

        class Soft(nn.Module):
            def forward(self, x):
                return x.tanh()

        def step_loss(model, x, y):
            return F.mse_loss(model(x), y)

        def soft_loss(soft_model, x, y):
            return F.mse_loss(soft_model(x), y)
    """)


def test_a_loss_module_is_no_network_to_be_given() -> None:
    check(
        """
        class EdgeLoss(nn.Module):
            def forward(self, edges):
                return (edges - edges.detach()).abs().mean()

        def train_step(model, x, y):
            return F.l1_loss(model(x), y)
    """
    )


def test_an_element_of_a_weight_that_an_index_picks_is_edited_in_place() -> None:
    check(
        NET
        + """
        def forward(self, x):
            return self.head(self.body(x).relu())

    def silenced_loss(model, x, y, neurons):
        for neuron in neurons:
            model.head.weight[:, neuron] -= 1.0  # want CR502 "`model.head.weight` is a leaf"
        return F.mse_loss(model(x).squeeze(-1), y)

    def shifted_loss(model, x, y, rows):
        with torch.no_grad():
            model.body.weight[rows] += 0.1
        return F.mse_loss(model(x).squeeze(-1), y)
    """
    )


def test_another_network_in_an_edited_file() -> None:
    text = HEADER + dedent(
        NET
        + """
        def forward(self, x):
            return self.head(self.body(x).relu()).round()

    def train_step(model, x, y):
        return F.mse_loss(model(x).squeeze(-1), y)
    """
    )
    other = text + dedent("""

    class Other(nn.Module):
        def __init__(self):
            super().__init__()
            self.head = nn.Linear(4, 1)

        def forward(self, x):
            return self.head(x)
    """)
    soft = text.replace(".round()", ".tanh()")
    analyzer = Analyzer()
    for version, count in ((text, 1), (soft, 0), (text, 1), (other, 0), (text, 1)):
        assert len(analyzer.analyze(version, "net.py").findings) == count
