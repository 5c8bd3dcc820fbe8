import torch
from torch import nn
from torch.distributions import Categorical


class OptionCritic(nn.Module):
    def __init__(self, obs=4, options=2, actions=3, term_reg=0.01, ent_reg=0.01, gamma=0.99):
        super().__init__()
        self.features = nn.Linear(obs, 6)
        self.q = nn.Linear(6, options)
        self.terminations = nn.Linear(6, options)
        self.options_W = nn.Parameter(torch.randn(options, 6, actions) * 0.1)
        self.term_reg, self.ent_reg, self.gamma = term_reg, ent_reg, gamma

    def act(self, state, option):
        dist = Categorical((state @ self.options_W[option]).softmax(dim=-1))
        action = dist.sample()
        return action.item(), dist.log_prob(action), dist.entropy()

    def actor_loss(self, obs, next_obs, option, reward, done):
        state, next_state = torch.relu(self.features(obs)), torch.relu(self.features(next_obs))
        _, logp, entropy = self.act(state, option)
        option_term_prob = self.terminations(state).sigmoid()[option]
        next_term = self.terminations(next_state).sigmoid()[option].detach()
        Q, next_Q = self.q(state).detach().squeeze(), self.q(next_state).detach().squeeze()
        gt = reward + (1 - done) * self.gamma * ((1 - next_term) * next_Q[option] + next_term * next_Q.max(dim=-1)[0])
        termination_loss = option_term_prob * (Q[option] - Q.max(dim=-1)[0] + self.term_reg) * (1 - done)
        policy_loss = -logp * (gt - Q[option]) - self.ent_reg * entropy
        return termination_loss + policy_loss
