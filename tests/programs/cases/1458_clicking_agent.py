import torch
from torch import nn


class ClickAgent(nn.Module):
    def __init__(self, words=3):
        super().__init__()
        self.lm = nn.Linear(2, words)
        self.softmax = nn.Softmax(dim=-1)
        with torch.no_grad():
            self.lm.weight.copy_(torch.tensor([[40.0, 0.0], [0.0, 40.0], [0.0, 0.0]]))
            self.lm.bias.zero_()

    def log_prob(self, observation, action_ids, attention_mask):
        probs = self.softmax(self.lm(observation))
        picked = torch.take_along_dim(probs, action_ids.unsqueeze(2), dim=2).squeeze(2)
        picked = torch.clamp(picked, min=0.001, max=0.99)
        return torch.log(picked) * attention_mask

    def actor_loss(self, observation, action_ids, attention_mask, advantage):
        logp = self.log_prob(observation, action_ids, attention_mask).sum(dim=1)
        return -(logp * advantage).mean()
