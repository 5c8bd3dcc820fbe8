"""CR5xx: in-place edits and the life of a graph."""

from __future__ import annotations

from flow.checking import check


def test_an_edit_of_what_backward_needs() -> None:
    check("""
        def gate_loss(logits, target):
            gate = torch.exp(logits)
            gate *= target  # want CR501 "derivative of `exp`"
            return gate.mean()
    """)


def test_an_edit_of_what_backward_does_not_need() -> None:
    check("""
        def shifted_loss(logits, target):
            shifted = logits * 2
            shifted += target
            shifted.clamp_(min=0)
            return shifted.mean()
    """)


def test_an_edit_in_a_helper() -> None:
    check("""
        def clear(values):
            values[:, 0] = 0.0  # want CR501 "`softmax`"

        def masked_loss(logits, target):
            prob = logits.softmax(dim=1)
            clear(prob)
            return F.mse_loss(prob, target)
    """)


def test_an_edit_of_a_leaf() -> None:
    check("""
        class Prior(nn.Module):
            def __init__(self):
                super().__init__()
                self.mean = nn.Parameter(torch.zeros(4))

            def loss(self, pred):
                self.mean[0] = 0.0  # want CR502 "`self.mean` is a leaf"
                return (pred - self.mean).pow(2).mean()
    """)


def test_an_edit_below_no_grad() -> None:
    check("""
        class Prior(nn.Module):
            def __init__(self):
                super().__init__()
                self.mean = nn.Parameter(torch.zeros(4))

            def loss(self, pred):
                with torch.no_grad():
                    self.mean[0] = 0.0
                return (pred - self.mean).pow(2).mean()
    """)


def test_two_backward_passes() -> None:
    check("""
        def train_step(model, images, target):
            error = (model(images) - target).pow(2)
            error.mean().backward()  # want CR503 "frees the graph"
            error.max().backward()
    """)


def test_two_backward_passes_of_one_kept_graph() -> None:
    check("""
        def train_step(model, images, target):
            error = (model(images) - target).pow(2)
            error.mean().backward(retain_graph=True)
            error.max().backward()
    """)


def test_a_state_that_is_carried_over() -> None:
    check("""
        def train(batches, state):
            cell = nn.GRUCell(3, 3)
            for batch in batches:
                state = cell(batch, state)
                loss = state.pow(2).mean()
                loss.backward()  # want CR504 "previous step"
    """)


def test_a_state_that_is_detached() -> None:
    check("""
        def train(batches, state):
            cell = nn.GRUCell(3, 3)
            for batch in batches:
                state = cell(batch, state.detach())
                loss = state.pow(2).mean()
                loss.backward()
    """)
