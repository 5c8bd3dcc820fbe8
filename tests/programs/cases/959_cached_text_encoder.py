import torch
from torch import nn
import torch.nn.functional as F


class ClipTuner(nn.Module):
    def __init__(self, d=4):
        super().__init__()
        self.text = nn.Linear(6, d)
        self.image = nn.Linear(8, d)

    @torch.no_grad()
    def class_embeddings(self, prompts):
        z = self.text(prompts)
        return F.normalize(z, dim=-1)

    def loss(self, images, prompts, y):
        classes = self.class_embeddings(prompts)
        feats = F.normalize(self.image(images), dim=-1)
        return F.cross_entropy(10.0 * feats @ classes.t(), y)
