import torch
from torch import nn

unet = nn.Conv2d(4, 4, 3, padding=1)
clip_head = nn.Linear(4, 1)
alphas = torch.linspace(0.99, 0.1, 10)


def cond_fn(sample, t, noise_pred):
    sample = sample.detach().requires_grad_()
    a = alphas[t]
    pred_x0 = (sample - (1 - a).sqrt() * noise_pred) / a.sqrt()
    score = clip_head(pred_x0.mean(dim=(2, 3))).sum()
    return -torch.autograd.grad(score, sample)[0]


def sds_loss(latents, t):
    with torch.no_grad():
        noise = torch.randn_like(latents)
        noisy = alphas[t].sqrt() * latents + (1 - alphas[t]).sqrt() * noise
        noise_pred = unet(noisy)
    guided = noise_pred + 0.1 * cond_fn(noisy, t, noise_pred)
    grad = (1 - alphas[t]) * (guided - noise)
    grad = torch.nan_to_num(grad)
    target = (latents - grad).detach()
    return 0.5 * torch.nn.functional.mse_loss(latents, target, reduction="sum") / latents.shape[0]
