"""Stop-gradients in one term of a loss that another term explains, and a few that none does."""

from __future__ import annotations

from flow.checking import check


def test_two_that_are_trained_in_turn() -> None:
    check("""
        def policy_loss(actor, critic, log_alpha, obs, goal=-2.0):
            action, logp = actor(obs)
            actor_loss = (log_alpha.exp().detach() * logp - critic(obs, action)).mean()
            alpha_loss = -(log_alpha * (logp + goal).detach()).mean()
            return actor_loss + alpha_loss

        def cost(x, y):
            return (x.unsqueeze(1) - y.unsqueeze(0)).pow(2).sum(-1)

        class Transport(nn.Module):
            def ot(self, x, y):
                there = torch.logsumexp(-cost(x, y.detach()), dim=1)
                back = torch.logsumexp(-cost(y, x.detach()), dim=1)
                return there.mean() + back.mean()

            def forward(self, x, y):
                return self.ot(x, y) - 0.5 * self.ot(x, x)
    """)


def test_a_weight_and_its_penalty() -> None:
    check("""
        class Confident(nn.Module):
            def forward(self, logits, targets):
                each = F.cross_entropy(logits, targets, reduction="none")
                weight = torch.from_numpy(np.exp(-each.detach().cpu().numpy()))
                return (each * weight + 0.1 * torch.log(weight.clamp(min=1e-8)) ** 2).sum()
    """)


def test_a_term_that_nothing_explains() -> None:
    check("""
        def policy_loss(actor, critic, obs, goal=-2.0):
            action, logp = actor(obs)
            actor_loss = (0.2 * logp - critic(obs, action)).mean()
            return actor_loss + (logp + goal).square().mean().detach()  # want CR101
    """)


def test_borders_of_a_table_and_what_adds_up_to_one() -> None:
    check("""
        def warped_loss(dist, band=None):
            rows, cols = dist.shape[1:]
            border = dist.new_full((len(dist),), 1e8)
            before = [dist.new_zeros(len(dist))] + [border] * cols
            for i in range(rows):
                row = [border]
                for j in range(cols):
                    if band is not None and abs(i - j) > band:
                        row.append(border)
                        continue
                    row.append(dist[:, i, j] - torch.logsumexp(-torch.stack([before[j], row[j]]), 0))
                before = row
            return before[cols].mean()

        def pooled_loss(net, x):
            share = net(x).softmax(-1)
            gram = share.t() @ share
            eye = torch.eye(share.size(1))
            return torch.norm(gram / torch.norm(gram) - eye / torch.norm(eye))
    """)
