import torch
import torch.nn as nn
import torch.nn.functional as F


class SupConLoss(nn.Module):
    def __init__(self, temperature=0.07, contrast_mode="all"):
        super().__init__()
        self.temperature = temperature
        self.contrast_mode = contrast_mode

    def forward(self, features, labels):
        batch_size, n_views = features.shape[:2]
        labels = labels.contiguous().view(-1, 1)
        mask = torch.eq(labels, labels.T).float()

        contrast = torch.cat(torch.unbind(features, dim=1), dim=0)
        anchor = contrast if self.contrast_mode == "all" else features[:, 0]
        n_anchor = n_views if self.contrast_mode == "all" else 1
        sim = anchor @ contrast.T / self.temperature
        logits = sim - sim.max(dim=1, keepdim=True)[0].detach()

        mask = mask.repeat(n_anchor, n_views)
        logits_mask = 1 - torch.eye(batch_size * n_views)[: batch_size * n_anchor]
        mask = mask * logits_mask
        exp_logits = torch.exp(logits) * logits_mask
        log_prob = logits - torch.log(exp_logits.sum(1, keepdim=True) + 1e-12)
        mean_log_prob_pos = (mask * log_prob).sum(1) / mask.sum(1)
        return -mean_log_prob_pos.view(n_anchor, batch_size).mean()


class Embedder(nn.Module):
    def __init__(self, d_in=5, dim=8):
        super().__init__()
        self.encoder = nn.Linear(d_in, 16)
        self.projector = nn.Linear(16, dim)

    def forward(self, x):
        return F.normalize(self.projector(F.relu(self.encoder(x))), dim=-1)


model = Embedder()
criterion = SupConLoss(temperature=0.5)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)

clips = torch.randn(4, 5)
speakers = torch.tensor([0, 1, 1, 3])

features = model(clips).unsqueeze(1)
loss = criterion(features, speakers)
optimizer.zero_grad()
loss.backward()
optimizer.step()
