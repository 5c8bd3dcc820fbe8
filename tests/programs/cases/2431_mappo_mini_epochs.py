import torch
import torch.nn.functional as F
from torch.distributions import Categorical

torch.manual_seed(1)
actor = torch.nn.Linear(6, 3)
critic = torch.nn.Sequential(torch.nn.Linear(6, 8), torch.nn.ReLU(), torch.nn.Linear(8, 1))
agent_optimiser = torch.optim.Adam(actor.parameters(), lr=1e-3)
critic_optimiser = torch.optim.Adam(critic.parameters(), lr=1e-3)


class Args:
    mini_epochs = 2
    eps_clip = 0.2
    entropy_coef = 0.01


args = Args()
obs, rewards = torch.randn(10, 6), torch.randn(10)
with torch.no_grad():
    old = Categorical(logits=actor(obs))
    actions = old.sample()
    old_log_pac = old.log_prob(actions)

values = critic(obs).squeeze(-1)
advantages = rewards - values
advantages = (advantages - advantages.mean()) / (advantages.std() + 1e-6)

for _ in range(args.mini_epochs):
    critic_loss = F.mse_loss(critic(obs).squeeze(-1), rewards)
    critic_optimiser.zero_grad()
    critic_loss.backward()
    pi = Categorical(logits=actor(obs))
    ratios = torch.exp(pi.log_prob(actions) - old_log_pac)
    surr1 = ratios * advantages
    surr2 = torch.clamp(ratios, 1 - args.eps_clip, 1 + args.eps_clip) * advantages
    actor_loss = -(torch.min(surr1, surr2) + args.entropy_coef * pi.entropy()).mean()
    agent_optimiser.zero_grad()
    actor_loss.backward()
    agent_optimiser.step()
