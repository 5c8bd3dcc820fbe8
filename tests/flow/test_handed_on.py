"""Functions that no word calls a loss, and that return the number which another function makes."""

from __future__ import annotations

from chainrule.analysis import Options, analyze
from flow.checking import HEADER, check


def test_a_chain_of_helpers() -> None:
    check("""
        def rounded(values):
            return torch.round(values)  # want CR201

        def gap(a, b):
            return (a - b).abs()

        def averaged(values):
            kept = values.mean()
            return kept

        def compare(pred, target):
            return averaged(gap(rounded(pred), target))

        class Fitting(nn.Module):
            def __init__(self):
                super().__init__()
                self.head = nn.Linear(3, 1)

            def _total(self, values):
                return values.square().mean()

            def run(self, x, y):
                out = self.head(x).detach()  # want CR101
                return self._total(out - y)
    """)


def test_what_hands_on_no_number() -> None:
    check("""
        def rounded(values):
            return torch.round(values)

        def mean_of(values):
            return values.mean()

        def largest(values):
            return values.abs().amax(dim=1)

        def in_steps(pred):
            return rounded(pred / largest(pred)[:, None])

        @torch.no_grad()
        def report(pred, target):
            return mean_of(rounded(pred) - target)
    """)


def test_a_class_without_any_number_of_its_own() -> None:
    text = (
        HEADER
        + """
def D(p, z):
    return -F.cosine_similarity(p, z.detach(), dim=-1).mean()


class Siamese(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(10, 8), nn.ReLU())
        self.predictor = nn.Linear(8, 8)

    def forward(self, x1, x2):
        z1, z2 = self.encoder(x1), self.encoder(x2)
        p1, p2 = self.predictor(z1), self.predictor(z2)
        L = D(z1, p2) / 2 + D(z2, p1) / 2
        return L
"""
    )
    for verdicts in (False, True):
        (found,) = analyze(text, options=Options(verdicts=verdicts)).findings
        assert (found.code, found.sources) == ("CR101", ("self.predictor.weight",))
