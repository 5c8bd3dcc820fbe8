import torch
import torch.nn.functional as F


def imitation_loss(policy, expert_action, obs, dynamics, beta=0.5):
    out = policy(obs)
    bc = F.mse_loss(out, expert_action)
    use_expert = torch.rand(len(obs), 1) < beta
    executed = torch.where(use_expert, expert_action, out.detach())
    nxt = dynamics(torch.cat([obs, executed], -1))
    follow = F.mse_loss(policy(nxt), expert_action)
    return bc + 0.5 * follow
