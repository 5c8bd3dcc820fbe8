import torch
import torch.nn as nn
import torch.nn.functional as F


class Backbone(nn.Module):
    def __init__(self, w, d=8, c=3):
        super().__init__()
        self.stem, self.head = nn.Linear(d, w), nn.Linear(w, c)

    def forward(self, x):
        f = F.relu(self.stem(x))
        return f, self.head(f)


class KDLoss(nn.Module):
    def __init__(self, T=3.0):
        super().__init__()
        self.T = T

    def forward(self, s, t):
        p = F.log_softmax(s / self.T, 1)
        q = F.softmax(t / self.T, 1)
        return F.kl_div(p, q.detach(), reduction="batchmean") * self.T ** 2


class Distiller(nn.Module):
    def __init__(self, teacher, student, ws, wt, c=3):
        super().__init__()
        self.teacher, self.student = teacher.eval(), student
        self.adapter, self.probe = nn.Linear(ws, wt), nn.Linear(ws, c)
        self.kd = KDLoss()
        for p in self.teacher.parameters():
            p.requires_grad = False

    def forward(self, x, y):
        with torch.no_grad():
            tf, tl = self.teacher(x)
        sf, sl = self.student(x)
        losses = {
            "ce": F.cross_entropy(sl, y),
            "kd": self.kd(sl, tl),
            "hint": F.mse_loss(self.adapter(sf), tf),
            "probe": F.cross_entropy(self.probe(sf.detach()), y),
        }
        stats = {k: v.detach() for k, v in losses.items()}
        stats["agree"] = (sl.argmax(1) == tl.argmax(1)).float().mean()
        return sum(losses.values()), stats


def train(distiller, loader, epochs=1):
    params = [p for p in distiller.parameters() if p.requires_grad]
    opt = torch.optim.SGD(params, lr=0.05, momentum=0.9)
    out = []
    for _ in range(epochs):
        for x, y in loader:
            loss, stats = distiller(x, y)
            opt.zero_grad()
            loss.backward()
            opt.step()
            out.append({k: float(v) for k, v in stats.items()})
    return out


if __name__ == "__main__":
    d = Distiller(Backbone(16), Backbone(4), 4, 16)
    print(train(d, [(torch.randn(8, 8), torch.randint(0, 3, (8,))) for _ in range(3)])[-1])
