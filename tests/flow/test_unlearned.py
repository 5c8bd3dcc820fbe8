"""Models whose output keeps the gradient from layers and parameters of their own."""

from __future__ import annotations

from flow.checking import check


def test_layers_before_a_cut() -> None:
    check("""
        class Spiking(nn.Module):
            def __init__(self):
                super().__init__()
                self.hidden = nn.Linear(4, 4)
                self.out = nn.Linear(4, 2)

            def forward(self, x):
                spikes = (self.hidden(x) > 1.0).float()  # want CR103 "`self.hidden.weight`"
                return self.out(spikes)

        class Rebuilt(nn.Module):
            def __init__(self):
                super().__init__()
                self.hidden = nn.Linear(4, 4)
                self.out = nn.Linear(4, 2)

            def forward(self, x):
                h = torch.tensor(self.hidden(x))  # want CR107 "`self.hidden.weight`"
                return self.out(h)
    """)


def test_parameters_that_only_select() -> None:
    check("""
        class Gate(nn.Module):
            def __init__(self):
                super().__init__()
                self.scale = nn.Parameter(torch.ones(4))
                self.threshold = nn.Parameter(torch.rand(1))

            def mask(self, x):
                energy = x.abs().sum(-1)
                dominant = energy > torch.quantile(energy, self.threshold)  # want CR103 "`self.threshold`"
                return dominant.float().unsqueeze(-1)

            def forward(self, x):
                return x * self.scale * self.mask(x)

        class Tempered(nn.Module):
            def __init__(self):
                super().__init__()
                self.layer = nn.Linear(4, 4)
                self.temperature = nn.Parameter(torch.ones(1))

            def forward(self, x):
                return self.layer(x) / self.temperature.item()  # want CR105 "`self.temperature`"
    """)


def test_what_others_train() -> None:
    """The layer has another use, is passed straight through, is frozen, or gives an output of its own."""
    check("""
        class Scored(nn.Module):
            def __init__(self):
                super().__init__()
                self.score = nn.Linear(4, 1)
                self.out = nn.Linear(4, 2)

            def forward(self, x):
                return self.out(x) * (self.score(x) > 0)

            def halting(self, x):
                return self.score(x).sigmoid()

        class Straight(nn.Module):
            def __init__(self):
                super().__init__()
                self.hidden = nn.Linear(4, 4)
                self.out = nn.Linear(4, 2)

            def forward(self, x):
                soft = self.hidden(x).sigmoid()
                hard = (soft > 0.5).float()
                return self.out(hard + soft - soft.detach())

        class Frozen(nn.Module):
            def __init__(self):
                super().__init__()
                self.hidden = nn.Linear(4, 4).requires_grad_(False)
                self.out = nn.Linear(4, 2)

            def forward(self, x):
                return self.out(self.hidden(x).round())

        class Predicts(nn.Module):
            def __init__(self):
                super().__init__()
                self.head = nn.Linear(4, 3)
                self.value = nn.Linear(4, 1)

            def forward(self, x):
                return self.head(x).argmax(-1), self.value(x)

        class Labels(nn.Module):
            def __init__(self):
                super().__init__()
                self.head = nn.Linear(4, 3)

            def forward(self, x):
                return self.head(x).argmax(-1)
    """)


def test_what_the_file_trains_elsewhere() -> None:
    check("""
        class Halting(nn.Module):
            def __init__(self):
                super().__init__()
                self.score = nn.Linear(4, 1)
                self.out = nn.Linear(4, 2)

            def forward(self, x):
                return self.out(x) * (self.score(x) > 0).float()

        def ponder(model, x):
            return model.score(x).sigmoid()
    """)
    check("""
        class Halting(nn.Module):
            def __init__(self):
                super().__init__()
                self.score = nn.Linear(4, 1)
                self.out = nn.Linear(4, 2)

            def forward(self, x):
                return self.out(x) * (self.score(x) > 0)  # want CR103 "`self.score.weight`"

        def optimizer_of(model):
            return torch.optim.SGD(model.score.parameters(), lr=0.1)
    """)


def test_methods_through_which_a_layer_learns() -> None:
    check("""
        class Halting(nn.Module):
            def __init__(self):
                super().__init__()
                self.scorer = nn.Linear(4, 1)
                self.out = nn.Linear(4, 2)

            def score(self, x):
                return self.scorer(x).sigmoid()

            def forward(self, x):
                return self.out(x) * (self.score(x) > 0.5)

        def ponder(model, x):
            return model.score(x).mean()
    """)
    check("""
        class Halting(nn.Module):
            def __init__(self):
                super().__init__()
                self.scorer = nn.Linear(4, 1)
                self.out = nn.Linear(4, 2)

            def halts(self, x):
                return (self.scorer(x) > 0).float()  # want CR103 "`self.scorer.weight`"

            def forward(self, x):
                return self.out(x) * self.halts(x)

        def halted(model, x):
            return model.halts(x) > 0
    """)


def test_what_only_another_function_trains() -> None:
    """A stop-gradient on what no method of the class trains, and a function that trains it, or does not."""
    text = """
        class Autoencoder(nn.Module):
            def __init__(self):
                super().__init__()
                self.encoder, self.decoder = nn.Linear(4, 4), nn.Linear(4, 4)

            def loss(self, x):
                code = self.encoder(x).detach()
                return F.mse_loss(self.decoder(code), x)

        def alignment_loss(model, a, b):
            return -F.cosine_similarity(model.encoder(a), model.encoder(b)).mean()
    """
    check(text)
    check(text.replace("model.encoder", "model.decoder").replace("detach()\n", "detach()  # want CR101\n", 1))


def test_what_picks_a_layer() -> None:
    check("""
        class Experts(nn.Module):
            def __init__(self):
                super().__init__()
                self.router = nn.Linear(4, 3)
                self.experts = nn.ModuleList([nn.Linear(4, 4) for _ in range(3)])

            def forward(self, x):
                picked = self.router(x).argmax(-1)  # want CR104 "`self.router.weight`"
                return torch.stack([self.experts[int(i)](row) for i, row in zip(picked, x)])

        class Routed(nn.Module):
            def __init__(self):
                super().__init__()
                self.router = nn.Linear(4, 3)
                self.experts = nn.ModuleList([nn.Linear(4, 4) for _ in range(3)])

            def loss(self, x, y):
                picked = self.router(x.mean(0)).argmax().item()  # want CR104 "`self.router.weight`"
                return F.mse_loss(self.experts[picked](x), y)

        class Weighted(nn.Module):
            def __init__(self):
                super().__init__()
                self.router = nn.Linear(4, 3)
                self.experts = nn.ModuleList([nn.Linear(4, 4) for _ in range(3)])

            def loss(self, x, y):
                weight, picked = self.router(x.mean(0)).softmax(-1).max(-1)
                layer = self.experts[picked]
                return F.mse_loss(weight * layer(x), y) + 1e-4 * layer.weight.square().sum()
    """)


def test_what_a_method_loses() -> None:
    check("""
        class Quantized(nn.Module):
            def __init__(self):
                super().__init__()
                self.encoder, self.decoder = nn.Linear(4, 4), nn.Linear(4, 4)
                self.steps = 8

            def quantize(self, z):
                return torch.round(z * self.steps) / self.steps  # want CR201 "`self.encoder.weight`"

            def forward(self, x):
                return self.decoder(self.quantize(self.encoder(x)))

        class Thresholded(nn.Module):
            def __init__(self):
                super().__init__()
                self.layer, self.low = nn.Linear(4, 4), nn.Parameter(torch.zeros(4))

            def forward(self, x):
                h = self.layer(x)
                h[h < self.low] = 0  # want CR103 "`self.low`"
                return h

        class Smoothed(nn.Module):
            def __init__(self):
                super().__init__()
                self.encoder = nn.Linear(4, 4)
                self.decoder = nn.Linear(4, 4)

            def forward(self, x):
                z = self.encoder(x).detach().cpu().numpy()  # want CR101 "`self.encoder.weight`"
                return self.decoder(torch.from_numpy(np.tanh(z)).float())
    """)


def test_first_values_are_no_reason_to_stop_a_layer() -> None:
    text = """
        class Codes(nn.Module):
            def __init__(self):
                super().__init__()
                self.encoder, self.decoder = nn.Linear(4, 4), nn.Linear(4, 4)
                self.encoder.weight.data.normal_(0, 0.02)

            def loss(self, x):
                code = self.encoder(x).detach()  # want CR101 "`self.encoder.weight`"
                return F.mse_loss(self.decoder(code), x)
    """
    check(text)
    copied = text.replace("normal_(0, 0.02)", "copy_(torch.eye(4))")
    check(copied.replace('  # want CR101 "`self.encoder.weight`"', ""))


def test_penalties_on_the_layers_of_a_network() -> None:
    check("""
        def decay_penalty(net):
            total = torch.zeros(())
            for module in net.modules():
                if isinstance(module, nn.Linear):
                    total = total + module.weight.data.pow(2).sum()  # want CR101 "`net`"
            return total

        def named_penalty(net):
            total = 0.0
            for name, module in net.named_modules():
                if isinstance(module, (nn.Conv2d, nn.Linear)):
                    total = total + module.weight.detach().flatten(1).norm()  # want CR101 "`net`"
            return total

        def sound_penalty(net):
            total = torch.zeros(())
            for module in net.children():
                if isinstance(module, nn.Linear):
                    total = total + module.weight.pow(2).sum()
            return total

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.body = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))

            def loss(self, x, y):
                decay = 0
                for module in self.modules():
                    if isinstance(module, nn.Linear):
                        decay = decay + module.weight.data.abs().sum()  # want CR101
                return F.mse_loss(self.body(x), y) + decay

            def clamped_loss(self, x, y):
                for module in self.modules():
                    if isinstance(module, nn.Linear):
                        module.weight.data.clamp_(-1.0, 1.0)
                return F.mse_loss(self.body(x), y)
    """)
