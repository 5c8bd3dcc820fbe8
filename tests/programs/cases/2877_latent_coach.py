from types import SimpleNamespace

import torch
import torch.nn as nn
import torch.nn.functional as F

DEFAULTS = SimpleNamespace(
    w_discriminator_lambda=0.1, delta_norm=2, delta_norm_lambda=2e-4, id_lambda=0.5, l2_lambda=1.0
)


class IDLoss(nn.Module):
    def __init__(self):
        super().__init__()
        self.facenet = nn.Conv2d(3, 6, 4).requires_grad_(False)

    def forward(self, y_hat, y):
        a = self.facenet(y_hat).flatten(1)
        b = self.facenet(y).flatten(1)
        return (1 - F.cosine_similarity(a, b.detach())).mean()


class Coach(nn.Module):
    def __init__(self, opts=DEFAULTS):
        super().__init__()
        self.opts = opts
        self.id_loss = IDLoss()
        self.discriminator = nn.Linear(5, 1).requires_grad_(False)

    def calc_loss(self, x, y, y_hat, latent):
        loss_dict = {}
        loss = 0.0

        if self.opts.w_discriminator_lambda > 0:
            loss_disc = F.softplus(-self.discriminator(latent)).mean()
            loss_dict["encoder_discriminator_loss"] = float(loss_disc)
            loss += self.opts.w_discriminator_lambda * loss_disc

        if self.opts.delta_norm_lambda > 0:
            delta = latent[:, 1:] - latent[:, :1]
            loss_delta = torch.norm(delta, self.opts.delta_norm, dim=-1).mean()
            loss_dict["delta_loss"] = float(loss_delta)
            loss += self.opts.delta_norm_lambda * loss_delta

        if self.opts.id_lambda > 0:
            loss_id = self.id_loss(y_hat, y)
            loss_dict["loss_id"] = float(loss_id)
            loss = loss_id * self.opts.id_lambda

        if self.opts.l2_lambda > 0:
            loss_l2 = F.mse_loss(y_hat, y)
            loss_dict["loss_l2"] = float(loss_l2)
            loss += loss_l2 * self.opts.l2_lambda

        loss_dict["loss"] = float(loss)
        return loss
