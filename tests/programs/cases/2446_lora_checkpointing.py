import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.checkpoint import checkpoint


class LoRALinear(nn.Module):
    def __init__(self, dim, r=2, alpha=4):
        super().__init__()
        self.base = nn.Linear(dim, dim)
        self.base.requires_grad_(False)
        self.lora_A = nn.Parameter(torch.randn(r, dim) * 0.01)
        self.lora_B = nn.Parameter(torch.zeros(dim, r))
        self.scaling = alpha / r

    def forward(self, x):
        return self.base(x) + (x @ self.lora_A.T @ self.lora_B.T) * self.scaling


class CausalLM(nn.Module):
    def __init__(self, vocab=11, dim=6, depth=2, gradient_checkpointing=True):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim)
        self.layers = nn.ModuleList([LoRALinear(dim) for _ in range(depth)])
        self.lm_head = nn.Linear(dim, vocab, bias=False)
        self.embed.requires_grad_(False)
        self.lm_head.requires_grad_(False)
        self.gradient_checkpointing = gradient_checkpointing

    def forward(self, input_ids, labels):
        h = self.embed(input_ids)
        for layer in self.layers:
            if self.gradient_checkpointing and self.training:
                h = checkpoint(layer, h, use_reentrant=True)
            else:
                h = layer(h)
        return F.cross_entropy(self.lm_head(h).flatten(0, 1), labels.flatten())
