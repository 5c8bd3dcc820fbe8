import torch
from torch import nn
from torch.distributions import Normal

torch.manual_seed(0)
actor, critic = nn.Linear(3, 2), nn.Linear(3, 1)
log_std = nn.Parameter(torch.zeros(2))
optimizer = torch.optim.Adam([*actor.parameters(), *critic.parameters(), log_std], lr=3e-4, eps=1e-5)
T, CLIP, EPOCHS, TARGET_KL = 16, 0.2, 3, 0.05
obs, actions = torch.zeros(T, 3), torch.zeros(T, 2)
logprobs, rewards, values = torch.zeros(T), torch.zeros(T), torch.zeros(T)

state = torch.randn(3)
for t in range(T):
    obs[t] = state
    with torch.no_grad():
        dist = Normal(actor(state), log_std.exp())
        action = dist.sample()
        values[t] = critic(state).flatten()
    actions[t], logprobs[t] = action, dist.log_prob(action).sum()
    rewards[t] = -action.square().sum()
    state = 0.9 * state + 0.1 * torch.randn(3)

with torch.no_grad():
    advantages, last = torch.zeros(T), 0.0
    for t in reversed(range(T)):
        nextvalue = critic(state).item() if t == T - 1 else values[t + 1]
        delta = rewards[t] + 0.99 * nextvalue - values[t]
        advantages[t] = last = delta + 0.99 * 0.95 * last
    returns = advantages + values

clipfracs = []
for epoch in range(EPOCHS):
    for mb in torch.randperm(T).split(8):
        dist = Normal(actor(obs[mb]), log_std.exp())
        logratio = dist.log_prob(actions[mb]).sum(1) - logprobs[mb]
        ratio = logratio.exp()
        with torch.no_grad():
            approx_kl = ((ratio - 1) - logratio).mean()
            clipfracs += [((ratio - 1.0).abs() > CLIP).float().mean().item()]
        adv = (advantages[mb] - advantages[mb].mean()) / (advantages[mb].std() + 1e-8)
        pg = torch.max(-adv * ratio, -adv * torch.clamp(ratio, 1 - CLIP, 1 + CLIP)).mean()
        v_loss = 0.5 * (critic(obs[mb]).view(-1) - returns[mb]).pow(2).mean()
        loss = pg + v_loss * 0.5 - 0.01 * dist.entropy().sum(1).mean()
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(actor.parameters(), 0.5)
        optimizer.step()
    if approx_kl > TARGET_KL:
        break
