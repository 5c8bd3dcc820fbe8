import torch


def log_probs_of(policy_output, mask, actions):
    logits = policy_output.clone().detach()
    logits[mask] = -1000.0
    return logits.log_softmax(dim=1).gather(1, actions.unsqueeze(1)).squeeze(1)


def trajectory_balance(policy, log_z, states, masks, actions, log_reward):
    forward = torch.stack([
        log_probs_of(policy(s), m, a) for s, m, a in zip(states, masks, actions)
    ]).sum(dim=0)
    return (log_z + forward - log_reward).pow(2).mean()
