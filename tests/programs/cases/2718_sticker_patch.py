import torch
import torch.nn as nn
import torch.nn.functional as F


class PatchAttack(nn.Module):
    def __init__(self, victim=None, size=4, corner=(2, 3)):
        super().__init__()
        self.victim = victim or nn.Sequential(
            nn.Conv2d(3, 5, 3), nn.ReLU(), nn.Flatten(), nn.Linear(5 * 64, 4))
        self.patch = nn.Parameter(torch.randint(20, 236, (3, size, size)).float())
        self.corner = corner
        self.size = size

    def paste(self, scene):
        r, c = self.corner
        sticker = self.patch.clamp(0.0, 1.0)
        out = scene.clone()
        out[:, :, r:r + self.size, c:c + self.size] = sticker
        return out

    def loss(self, scene, label):
        self.victim.requires_grad_(False)
        return -F.cross_entropy(self.victim(self.paste(scene)), label)
