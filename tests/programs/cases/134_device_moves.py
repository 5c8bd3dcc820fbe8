import torch


class Router:
    dtype = torch.float64

    def prepare(self, *ts):
        moved = [t.clone().cpu().to(self.dtype).contiguous() for t in ts]
        return torch.vstack(moved).view(len(ts), -1, moved[0].shape[-1])

    def loss(self, a, b, y):
        z = self.prepare(a, b).flatten(0, 1)
        z = torch.as_tensor(z).type_as(y)
        return ((z - y) ** 2).mean()
