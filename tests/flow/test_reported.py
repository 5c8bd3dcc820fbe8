"""More programs in the shape in which people report them: codebooks, items of a loss, states, weights."""

from __future__ import annotations

from flow.checking import check


def test_what_training_does_is_what_counts() -> None:
    check("""
        class Quantize(nn.Module):
            def __init__(self):
                super().__init__()
                self.enc, self.table, self.dec = nn.Linear(6, 3), nn.Embedding(8, 3), nn.Linear(3, 6)

            def codes(self, z):
                ids = torch.cdist(z, self.table.weight).detach().argmin(1)
                e = self.table(ids)
                return z + (e - z).detach() if self.training else e  # want CR101 "self.table.weight"

            def forward(self, x):
                z = self.enc(x)
                q = self.codes(z)
                return F.mse_loss(self.dec(q), x) + F.mse_loss(q, z.detach())

        class Trained(nn.Module):
            def __init__(self):
                super().__init__()
                self.enc, self.dec = nn.Linear(6, 3), nn.Linear(3, 6)

            def forward(self, x):
                z = self.enc(x)
                z = z + torch.rand_like(z) - 0.5 if self.training else torch.round(z)
                return F.mse_loss(self.dec(z), x)
    """)


def test_an_item_of_a_loss_that_is_filled_item_by_item() -> None:
    check("""
        def boxes_loss(preds, scores, teacher, boxes):
            loss = torch.zeros(2)
            loss[0] = (preds[:, 3:] - boxes).abs().mean()
            student = torch.sigmoid(preds[:, :3].detach())  # want CR101 "this term"
            loss[1] = F.mse_loss(student, teacher) + F.mse_loss(preds[:, :3], scores)
            return loss.sum()

        def shown_loss(preds, scores, boxes):
            loss = torch.zeros(2)
            loss[0] = (preds[:, 3:] - boxes).abs().mean()
            loss[1] = F.mse_loss(preds[:, :3], scores)
            return loss.sum(), loss.detach()
    """)


def test_a_residual_of_a_straight_through_estimate() -> None:
    check("""
        class Codec(nn.Module):
            def __init__(self):
                super().__init__()
                self.enc = nn.Linear(6, 4)
                self.register_buffer("table", torch.randn(8, 4))

            def layer(self, x):
                q = F.embedding(torch.cdist(x, self.table).argmin(-1), self.table)
                return x + (q - x).detach(), F.mse_loss(q.detach(), x)

            def forward(self, wave):
                rest, losses = self.enc(wave), []
                for _ in range(2):
                    q, loss = self.layer(rest)
                    rest = rest - q  # want CR204 "exactly zero"
                    losses.append(loss)
                return torch.stack(losses).mean()

        class Kept(Codec):
            def forward(self, wave):
                rest, losses = self.enc(wave), []
                for _ in range(2):
                    q, loss = self.layer(rest)
                    rest = rest - q.detach()
                    losses.append(loss)
                return torch.stack(losses).mean()
    """)


def test_densities_with_a_constant_and_a_weight() -> None:
    check("""
        import math

        class Votes(nn.Module):
            def __init__(self, scale=0.02):
                super().__init__()
                self.log_scale = math.log(scale)

            def joint(self, x, mean, logits):
                var = math.exp(2 * self.log_scale)
                near = -((x[:, None] - mean[None]) ** 2).sum(-1) / (2 * var) - self.log_scale
                return near + torch.log_softmax(logits, -1)

            def forward(self, x, mean, logits):
                return -torch.log(torch.exp(self.joint(x, mean, logits)).sum(1)).mean()  # want CR305

        def shifted_loss(x, mean):
            d = ((x[:, None] - mean[None]) ** 2).sum(-1)
            logit = -d - (-d).max(1, keepdim=True)[0].detach()
            return -torch.log(torch.exp(logit).sum(1)).mean()
    """)


def test_a_state_that_is_copied_into_buffers() -> None:
    check("""
        class Carried(nn.Module):
            def __init__(self):
                super().__init__()
                self.cell, self.out = nn.LSTMCell(1, 5), nn.Linear(5, 1)
                self.register_buffer("h", torch.zeros(2, 5))
                self.register_buffer("c", torch.zeros(2, 5))

            def forward_loss(self, x, y):
                preds = []
                for t in range(x.size(1)):
                    h, c = self.cell(x[:, t], (self.h, self.c))
                    self.h.copy_(h)  # want CR501 "LSTMCell" # want CR504
                    self.c.copy_(c)  # want CR501 "LSTMCell"
                    preds.append(self.out(h))
                return F.mse_loss(torch.stack(preds, 1), y)

        class Local(nn.Module):
            def __init__(self):
                super().__init__()
                self.cell, self.out = nn.LSTMCell(1, 5), nn.Linear(5, 1)

            def forward_loss(self, x, y):
                h, c, preds = torch.zeros(2, 5), torch.zeros(2, 5), []
                for t in range(x.size(1)):
                    h, c = self.cell(x[:, t], (h, c))
                    preds.append(self.out(h))
                return F.mse_loss(torch.stack(preds, 1), y)
    """)


def test_the_weight_of_a_network_that_is_given() -> None:
    check("""
        def edited_loss(model, ids, labels, old, new, rows):
            for row in rows:
                model.output.weight[:, row] -= old  # want CR502 "model.output.weight"
                model.output.weight[:, row] = new  # want CR502
            return F.cross_entropy(model(ids), labels)

        def spliced_loss(model, ids, labels, old, rows):
            with torch.no_grad():
                model.output.weight[:, 0] -= old
            for row in rows:
                model.output.weight.data[:, row] -= old
            return F.cross_entropy(model(ids), labels)

        def splice(model, old):
            model.output.weight[:, 0] -= old  # a caller may have switched gradients off
    """)


def test_word_vectors_that_are_shortened_in_place() -> None:
    check("""
        class Words(nn.Module):
            def __init__(self):
                super().__init__()
                self.emb, self.out = nn.Embedding(8, 4, max_norm=1.0), nn.Linear(4, 4)

            def forward(self, context, word):
                keys = self.out(self.emb.weight * self.emb.weight.norm(dim=1, keepdim=True))
                return F.cross_entropy(self.emb(context) @ keys.t(), word)  # want CR501

        class Read(nn.Module):
            def __init__(self):
                super().__init__()
                self.emb, self.out = nn.Embedding(8, 4, max_norm=1.0), nn.Linear(4, 4)

            def forward(self, context, word):
                h = self.emb(context)
                return F.cross_entropy(h @ self.out(self.emb.weight * 2.0).t(), word)
    """)


def test_gaps_that_scale_what_is_learnt() -> None:
    check("""
        def gauge_loss(gain, radar, gauges):
            misfit = gauges * torch.exp(-radar * gain)  # want CR302 "NaN"
            return torch.nansum(misfit) / radar.numel()

        def filled_loss(gain, radar, gauges):
            misfit = gauges.nan_to_num() * torch.exp(-radar * gain)
            return torch.nansum(misfit) / radar.numel()

        def masked_loss(gain, radar, valid):
            misfit = valid * torch.exp(-radar * gain)
            return torch.nansum(misfit) / radar.numel()

        def station_loss(pred, observed, seen):
            kept = (pred - observed).abs() * seen
            means = kept.sum(dim=1) / seen.sum(dim=1)  # want CR302 "NaN"
            return torch.nanmean(means)
    """)


def test_below_the_domain_of_an_area_cosine() -> None:
    check("""
        def rapidity_loss(gamma, measured):
            exact = torch.acosh(gamma)  # want CR302 "0 \\* inf"
            series = torch.sqrt((2 * (gamma - 1)).clamp(min=1e-12))
            return (torch.where(torch.isfinite(exact), exact, series) - measured).pow(2).mean()

        def kept_loss(gamma, measured):
            exact = torch.acosh(gamma.clamp(min=1 + 1e-6))
            series = torch.sqrt((2 * (gamma - 1)).clamp(min=1e-12))
            return (torch.where(torch.isfinite(exact), exact, series) - measured).pow(2).mean()
    """)


def test_an_object_that_is_given_arrays_gives_arrays() -> None:
    check("""
        import numpy as np

        def smape(actual, forecast):
            return np.mean(2.0 * np.abs(forecast - actual) / (np.abs(actual) + np.abs(forecast)))

        def fit_epoch(model, scaler, windows, targets):
            losses = []
            for x, y in zip(windows, targets):
                real = scaler.inverse_transform(model(x).detach().numpy())  # want CR101 "reaches `model`"
                losses.append(torch.tensor(smape(scaler.inverse_transform(y.numpy()), real)))
            return torch.stack(losses).mean()

        def fit_scaled(model, scaler, windows, targets, criterion):
            wanted = torch.from_numpy(scaler.transform(targets.numpy()))
            return criterion(model(windows), wanted)
    """)
