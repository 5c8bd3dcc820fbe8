import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


class ActorCritic(nn.Module):
    def __init__(self, n_obs=4, n_act=2, hidden=16):
        super().__init__()
        self.body = nn.Linear(n_obs, hidden)
        self.actor = nn.Linear(hidden, n_act)
        self.critic = nn.Linear(hidden, 1)

    def forward(self, obs):
        h = torch.tanh(self.body(obs))
        return self.actor(h), self.critic(h).squeeze(-1)


class Rollout:
    def __init__(self):
        self.log_probs, self.values, self.rewards, self.masks, self.entropy = [], [], [], [], 0

    def add(self, lp, v, r, done, ent):
        self.log_probs.append(lp)
        self.values.append(v)
        self.rewards.append(torch.tensor([r], dtype=torch.float32))
        self.masks.append(torch.tensor([1.0 - done], dtype=torch.float32))
        self.entropy = self.entropy + ent


def compute_returns(next_value, rewards, masks, gamma=0.99):
    R, returns = next_value, []
    for step in reversed(range(len(rewards))):
        R = rewards[step] + gamma * R * masks[step]
        returns.insert(0, R)
    return returns


def collect(model, env_step, obs, n=5):
    roll = Rollout()
    for _ in range(n):
        logits, value = model(obs)
        dist = torch.distributions.Categorical(logits=logits)
        action = dist.sample()
        next_obs, reward, done = env_step(obs.numpy(), action.item())
        roll.add(dist.log_prob(action).unsqueeze(0), value.unsqueeze(0), reward, done, dist.entropy().mean())
        obs = torch.from_numpy(next_obs)
    return roll, obs


def update(model, optimizer, roll, last_obs, c_v=0.5, c_e=1e-3):
    with torch.no_grad():
        _, next_value = model(last_obs)
    returns = torch.cat(compute_returns(next_value.unsqueeze(0), roll.rewards, roll.masks)).detach()
    log_probs, values = torch.cat(roll.log_probs), torch.cat(roll.values)
    advantage = returns - values
    actor_loss = -(log_probs * advantage.detach()).mean()
    critic_loss = advantage.pow(2).mean()
    loss = actor_loss + c_v * critic_loss - c_e * roll.entropy
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 0.5)
    optimizer.step()
    return loss.item()


def toy_step(obs, a):
    nxt = np.clip(obs + (0.1 if a else -0.1), -1, 1).astype(np.float32)
    return nxt, float(1 - abs(nxt).mean()), bool(np.abs(nxt).max() >= 1)


def train(model, updates=2):
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    obs = torch.zeros(4)
    curve = []
    for _ in range(updates):
        roll, obs = collect(model, toy_step, obs)
        curve.append(update(model, optimizer, roll, obs))
    return curve


if __name__ == "__main__":
    print(train(ActorCritic(), 100)[-5:])
