import torch
from torch.distributions import Normal


def crane_surrogate(mean, log_std, action, old_logp, returns, value, clip=0.2):
    dist = Normal(mean, log_std.clamp(-5, 2).exp())
    logp = dist.log_prob(action).sum(-1)
    gain = (returns - value).detach()
    gain = (gain - gain.mean()) / (gain.std() + 1e-8)
    ratio = torch.exp(logp - old_logp.detach())
    kept = torch.min(ratio * gain, ratio.clamp(1 - clip, 1 + clip) * gain)
    with torch.no_grad():
        drift = ((ratio - 1) - (logp - old_logp)).mean().item()
        outside = ((ratio - 1).abs() > clip).float().mean().item()
    loss = -kept.mean() - 1e-2 * dist.entropy().sum(-1).mean()
    return {"loss": loss, "drift": drift, "outside": outside}
