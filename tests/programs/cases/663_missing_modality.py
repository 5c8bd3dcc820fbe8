import torch
from torch import nn
import torch.nn.functional as F


class Multimodal(nn.Module):
    def __init__(self, d=4):
        super().__init__()
        self.text, self.image = nn.Linear(5, d), nn.Linear(6, d)
        self.head = nn.Linear(2 * d, 3)
        self.d = d

    def embed_image(self, image, n):
        if image is None:
            return torch.zeros(n, self.d)
        return self.image(image)

    def loss(self, text, y, image=None):
        t = self.text(text)
        z = torch.cat([t, self.embed_image(image, len(t))], dim=1)
        return F.cross_entropy(self.head(z), y)
