import torch


def n_step_loss(values, rewards, done, gamma=0.95, n=3):
    targets = []
    for t in range(len(rewards)):
        ret, scale = 0.0, 1.0
        for k in range(t, min(t + n, len(rewards))):
            ret = ret + scale * rewards[k]
            scale = scale * gamma * (1 - done[k])
        last = min(t + n, len(rewards))
        ret = ret + scale * values[last].detach()
        targets.append(ret)
    return 0.5 * (torch.stack(targets) - values[:-1]).pow(2).mean()
