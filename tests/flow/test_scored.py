"""What `sample()` draws: a score function trains by it, a `log_prob` that is only added does not."""

from __future__ import annotations

import pytest

from flow.checking import check

ACTOR = """
    from torch.distributions import Normal

    class Actor(nn.Module):
        def __init__(self):
            super().__init__()
            self.mean = nn.Linear(4, 2)
            self.log_std = nn.Parameter(torch.zeros(2))

        def act(self, obs):
            policy = Normal(self.mean(obs), self.log_std.exp())
            {drawn}
            return action, policy.log_prob(action).sum(-1)

    class Learner(nn.Module):
        def __init__(self):
            super().__init__()
            self.actor = Actor()
            self.critic = nn.Linear(6, 1)
            self.log_alpha = nn.Parameter(torch.zeros(()))
            self.alpha = 0.2

        def loss(self, obs, rewards):
            action, score = self.actor.act(obs)
            value = self.critic(torch.cat([obs, action], -1)).squeeze(-1)
            {loss}
"""
DRAWN = 'action = policy.sample()  # want CR111 "this term of the loss gives no gradient to"'
ENTROPIES = (
    "return (self.alpha * score - value).mean()",
    "return (0.2 * score - value).mean()",
    "return (score - value).mean()",
    "return self.alpha * score.mean() - value.mean()",
    "return (self.log_alpha.exp().detach() * score - value).mean()",
)
SCORE_FUNCTIONS = (
    "return -(score * rewards).mean() + F.mse_loss(value, rewards)",
    "return -(score * (rewards - value.detach())).mean() + F.mse_loss(value, rewards)",
    "return -(score * (rewards - value.detach()) + 0.01 * score).mean() + F.mse_loss(value, rewards)",
    "return (score + value - rewards).square().mean()",
    "return -(score.exp() * rewards).mean() + F.mse_loss(value, rewards)",
    "return -torch.dot(score, rewards) + F.mse_loss(value, rewards)",
    "return -sum(s * float(r) for s, r in zip(score, rewards)) + F.mse_loss(value, rewards)",
    "return -score.mean()",
)


@pytest.mark.parametrize("loss", ENTROPIES)
def test_an_entropy_of_what_was_only_sampled(loss: str) -> None:
    check(ACTOR.format(drawn=DRAWN, loss=loss))


@pytest.mark.parametrize("loss", ENTROPIES)
def test_an_entropy_of_what_was_reparametrised(loss: str) -> None:
    check(ACTOR.format(drawn="action = policy.rsample()", loss=loss))


@pytest.mark.parametrize("loss", SCORE_FUNCTIONS)
def test_a_score_function(loss: str) -> None:
    check(ACTOR.format(drawn="action = policy.sample()", loss=loss))
