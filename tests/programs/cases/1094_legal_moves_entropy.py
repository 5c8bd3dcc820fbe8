import torch
from torch import nn


class MovePolicy(nn.Module):
    def __init__(self, board=6, moves=5, beta=0.01):
        super().__init__()
        self.net = nn.Linear(board, moves)
        self.beta = beta

    def probabilities(self, board, legal):
        logits = self.net(board)
        logits = logits.masked_fill(~legal, float("-inf"))
        return torch.softmax(logits, dim=-1)

    def loss(self, board, legal, move, advantage):
        probs = self.probabilities(board, legal)
        chosen = probs.gather(1, move.unsqueeze(1)).squeeze(1)
        entropy = -(probs * torch.log(probs)).sum(-1)
        return -(torch.log(chosen) * advantage).mean() - self.beta * entropy.mean()
