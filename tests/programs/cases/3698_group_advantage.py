import torch


def advantages(rewards, group):
    out = torch.zeros_like(rewards)
    for g in group.unique():
        members = group == g
        r = rewards[members]
        out[members] = (r - r.mean()) / (r.std() + 1e-6)
    return out


def grpo_loss(policy, state, action, reward_model, group):
    with torch.no_grad():
        rewards = reward_model(state).squeeze(-1)
    logp = policy(state).log_softmax(-1).gather(1, action[:, None]).squeeze(1)
    return -(advantages(rewards, group) * logp).mean()
