import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from scipy import ndimage

device = "cuda" if torch.cuda.is_available() else "cpu"


class LowFreqLoss(nn.Module):
    """compare only the low frequencies of output and label"""

    def __init__(self, sigma=1.5):
        super().__init__()
        self.sigma = sigma

    def smooth(self, batch):
        arr = batch.detach().cpu().numpy()
        out = np.stack([ndimage.gaussian_filter(a[0], self.sigma) for a in arr])
        return torch.from_numpy(out).unsqueeze(1).to(batch.device)

    def forward(self, output, label):
        return F.l1_loss(self.smooth(output), self.smooth(label))


net = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 1, 3, padding=1)).to(device)
criterion = LowFreqLoss()
optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)

clean = torch.rand(2, 1, 12, 12, device=device)
for epoch in range(2):
    noisy = clean + 0.1 * torch.randn_like(clean)
    optimizer.zero_grad()
    loss = criterion(net(noisy), clean)
    loss.backward()
    optimizer.step()
    print("epoch %d loss %.4f" % (epoch, loss.item()))
