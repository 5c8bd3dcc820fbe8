import torch
import torch.nn as nn
import torch.nn.functional as F


def unet(dim):
    return nn.Sequential(nn.Linear(dim, 16), nn.SiLU(), nn.Linear(16, dim))


class DMD(nn.Module):
    def __init__(self, dim=6, num_train_timesteps=1000, min_step=20, max_step=980):
        super().__init__()
        self.feedforward_model = unet(dim)
        self.real_unet = unet(dim).requires_grad_(False)
        self.fake_unet = unet(dim)
        self.cls_head = nn.Linear(dim, 1)
        betas = torch.linspace(1e-4, 0.02, num_train_timesteps)
        self.register_buffer("alphas_cumprod", torch.cumprod(1 - betas, dim=0))
        self.min_step, self.max_step = min_step, max_step

    def add_noise(self, latents):
        timesteps = torch.randint(self.min_step, self.max_step, (latents.shape[0],))
        a = self.alphas_cumprod[timesteps].view(-1, 1)
        noise = torch.randn_like(latents)
        return a.sqrt() * latents + (1 - a).sqrt() * noise, noise, timesteps

    def compute_distribution_matching_loss(self, latents):
        original_latents = latents
        with torch.no_grad():
            noisy, _, timesteps = self.add_noise(latents)
            p_real = latents - self.real_unet(noisy)
            p_fake = latents - self.fake_unet(noisy)
            grad = (p_real - p_fake) / torch.abs(p_real).mean(dim=1, keepdim=True).clamp(min=1e-4)
            grad = torch.nan_to_num(grad)
        loss = 0.5 * F.mse_loss(original_latents.float(), (original_latents - grad).detach().float())
        log_dict = {"dmtrain_gradient_norm": torch.norm(grad).item(), "timesteps": timesteps.detach()}
        return loss, log_dict

    def gan_loss(self, latents, sign):
        return F.softplus(sign * self.cls_head(self.fake_unet(latents))).mean()

    def generator_loss(self, image):
        self.fake_unet.requires_grad_(False)
        self.cls_head.requires_grad_(False)
        loss_dm, self.log_dict = self.compute_distribution_matching_loss(image)
        loss = loss_dm + 1e-2 * self.gan_loss(image, -1)
        self.fake_unet.requires_grad_(True)
        self.cls_head.requires_grad_(True)
        return loss

    def guidance_loss(self, image, real):
        noisy, noise, _ = self.add_noise(image.detach())
        loss_fake = F.mse_loss(self.fake_unet(noisy), noise)
        return loss_fake + 1e-2 * (self.gan_loss(image.detach(), 1) + self.gan_loss(real, -1))

    def losses(self, noise, real):
        image = self.feedforward_model(noise)
        return self.generator_loss(image) + self.guidance_loss(image, real)
