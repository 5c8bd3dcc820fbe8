import torch
import torch.nn as nn
import torch.nn.functional as F


class LitGAN(nn.Module):
    """automatic_optimization = False"""

    def __init__(self, latent=3):
        super().__init__()
        self.latent = latent
        self.generator = nn.Sequential(nn.Linear(latent, 8), nn.LeakyReLU(0.2), nn.Linear(8, 6), nn.Tanh())
        self.discriminator = nn.Sequential(nn.Linear(6, 8), nn.LeakyReLU(0.2), nn.Linear(8, 1))
        self._opts = self.configure_optimizers()

    def configure_optimizers(self):
        opt_g = torch.optim.Adam(self.generator.parameters(), lr=2e-4)
        opt_d = torch.optim.Adam(self.discriminator.parameters(), lr=2e-4)
        return opt_g, opt_d

    def optimizers(self):
        return self._opts

    def adversarial_loss(self, y_hat, y):
        return F.binary_cross_entropy_with_logits(y_hat, y)

    def training_step(self, batch, batch_idx):
        opt_g, opt_d = self.optimizers()
        z = torch.randn(batch.shape[0], self.latent)
        fake = self.generator(z)
        pred_fake = self.discriminator(fake)
        valid, bogus = torch.ones_like(pred_fake), torch.zeros_like(pred_fake)

        errD = self.adversarial_loss(self.discriminator(batch), valid)
        errD = errD + self.adversarial_loss(pred_fake, bogus)
        opt_d.zero_grad()
        errD.backward(retain_graph=True)
        opt_d.step()

        errG = self.adversarial_loss(pred_fake, valid)
        opt_g.zero_grad()
        errG.backward()
        opt_g.step()
