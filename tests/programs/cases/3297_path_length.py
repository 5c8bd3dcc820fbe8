import numpy as np
import torch
from torch import nn


class StyleGAN2Loss:
    def __init__(self, z_dim=5, w_dim=6, res=4, pl_decay=0.01, pl_weight=2.0, batch_shrink=2):
        self.mapping = nn.Sequential(nn.Linear(z_dim, w_dim), nn.LeakyReLU(0.2), nn.Linear(w_dim, w_dim))
        self.synthesis = nn.Sequential(nn.Linear(w_dim, 16), nn.Softplus(), nn.Linear(16, 3 * res * res),
                                       nn.Tanh(), nn.Unflatten(1, (3, res, res)))
        self.critic = nn.Sequential(nn.Flatten(), nn.Linear(3 * res * res, 1)).requires_grad_(False)
        self.pl_mean = torch.zeros([])
        self.pl_decay = pl_decay
        self.pl_weight = pl_weight
        self.pl_batch_shrink = batch_shrink
        self.stats = {}

    def accumulate_gradients(self, z, gain=1.0):
        # Gmain
        gen_img = self.synthesis(self.mapping(z))
        gen_logits = self.critic(gen_img)
        self.stats["Loss/signs/fake"] = gen_logits.sign().mean().item()
        loss_Gmain = nn.functional.softplus(-gen_logits)
        loss_Gmain.mean().mul(gain).backward()

        # Gpl
        batch_size = z.shape[0] // self.pl_batch_shrink
        gen_ws = self.mapping(z[:batch_size])
        gen_img = self.synthesis(gen_ws)
        pl_noise = torch.randn_like(gen_img) / np.sqrt(gen_img.shape[2] * gen_img.shape[3])
        pl_grads = torch.autograd.grad(outputs=[(gen_img * pl_noise).sum()], inputs=[gen_ws],
                                       create_graph=True, only_inputs=True)[0]
        pl_lengths = pl_grads.square().sum(1).add(1e-8).sqrt()
        pl_mean = self.pl_mean.lerp(pl_lengths.mean(), self.pl_decay)
        self.pl_mean.copy_(pl_mean.detach())
        pl_penalty = (pl_lengths - pl_mean).square()
        self.stats["Loss/pl_penalty"] = float(pl_penalty.mean())
        loss_Gpl = pl_penalty * self.pl_weight
        (gen_img[:, 0, 0, 0] * 0 + loss_Gpl).mean().mul(gain).backward()
