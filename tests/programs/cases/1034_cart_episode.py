import numpy as np
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
policy = nn.Linear(4, 2)
optimizer = torch.optim.Adam(policy.parameters(), lr=1e-2)
GAMMA = 0.99


class Cart:
    def reset(self):
        self.t, self.s = 0, np.zeros(4, dtype=np.float32)
        return self.s

    def step(self, a):
        self.t += 1
        self.s = self.s + np.array([0.1, a - 0.5, -0.1, 0.02], dtype=np.float32)
        return self.s, float(1.0 - abs(self.s[1])), self.t >= 6


def discounted(rewards):
    T = len(rewards)
    rets, future = np.empty(T, dtype=np.float32), 0.0
    for t in reversed(range(T)):
        future = rewards[t] + GAMMA * future
        rets[t] = future
    return torch.tensor(rets)


env, scores = Cart(), []
for episode in range(2):
    log_probs, rewards, state, done = [], [], env.reset(), False
    while not done:
        pd = Categorical(logits=policy(torch.from_numpy(state.astype(np.float32))))
        action = pd.sample()
        log_probs.append(pd.log_prob(action))
        state, reward, done = env.step(action.item())
        rewards.append(reward)
    rets = discounted(rewards)
    loss = torch.sum(-torch.stack(log_probs) * (rets - rets.mean()))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    scores.append(np.sum(rewards))
