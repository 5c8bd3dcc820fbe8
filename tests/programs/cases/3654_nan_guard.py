import torch
from torch import nn

torch.manual_seed(0)
gen = nn.Linear(3, 2)
opt = torch.optim.Adam(gen.parameters(), lr=1e-3)
reference = torch.randn(16, 2)


def fid_like(samples):
    torch.set_grad_enabled(False)
    gap = (samples.mean(0) - reference.mean(0)).norm()
    if gap > 0.1:
        print("too far away for a score")
        return None
    score = gap + (samples.std(0) - reference.std(0)).norm()
    torch.set_grad_enabled(True)
    return score.item()


for it in range(3):
    noise = torch.randn(16, 3)
    fake = gen(noise)
    loss = (fake.mean(0) - reference.mean(0)).pow(2).sum()
    opt.zero_grad()
    loss.backward()
    opt.step()
    print(it, loss.item(), fid_like(fake))
