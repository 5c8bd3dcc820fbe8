import copy

import torch
import torch.nn.functional as F
from torch import nn


class TextPrompt(nn.Module):
    """Prompt tuning: only the context vectors learn, the text tower stays as it is."""

    def __init__(self, width=6, n_context=2):
        super().__init__()
        self.context = nn.Parameter(torch.randn(n_context, width))
        self.tower = nn.Linear(width, width)
        for p in self.tower.parameters():
            p.requires_grad = False

    def prompts(self, caption):
        shared = copy.deepcopy(self.context)
        prefix = shared.unsqueeze(0).expand(len(caption), -1, -1)
        return torch.cat([prefix, caption], dim=1)

    def alignment(self, image_emb, caption):
        text = self.tower(self.prompts(caption)).mean(1)
        text, image = F.normalize(text, dim=-1), F.normalize(image_emb, dim=-1)
        return F.cross_entropy(image @ text.T * 10, torch.arange(len(text)))
