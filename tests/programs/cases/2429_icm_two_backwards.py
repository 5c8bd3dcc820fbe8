import torch
import torch.nn as nn
import torch.nn.functional as F


class ActorCritic(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(3, 6)
        self.pi = nn.Linear(6, 2)
        self.v = nn.Linear(6, 1)
        self.inverse = nn.Linear(6, 2)

    def forward(self, s):
        h = torch.tanh(self.body(s))
        return self.v(h).squeeze(-1), self.pi(h), self.inverse(h)


def train(model, states, actions, R):
    opt = torch.optim.SGD(model.parameters(), lr=0.0)
    opt.zero_grad()
    values, logits, inv = model(states)
    log_prob = F.log_softmax(logits, dim=1).gather(1, actions[:, None]).squeeze(1)
    advantage = R - values
    policy_loss = -(log_prob * advantage.detach()).mean()
    value_loss = 0.5 * advantage.pow(2).mean()
    inverse_loss = F.cross_entropy(inv, actions)
    (policy_loss + 0.5 * value_loss).backward(retain_graph=True)
    (0.2 * inverse_loss).backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 40)
    opt.step()
