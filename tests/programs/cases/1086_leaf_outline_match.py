import torch


def pairwise(x, y):
    xx = torch.bmm(x, x.transpose(2, 1))
    yy = torch.bmm(y, y.transpose(2, 1))
    zz = torch.bmm(x, y.transpose(2, 1))
    rx = xx.diagonal(dim1=1, dim2=2).unsqueeze(1).expand_as(zz.transpose(2, 1))
    ry = yy.diagonal(dim1=1, dim2=2).unsqueeze(1).expand_as(zz)
    return rx.transpose(2, 1) + ry - 2 * zz


def outline_loss(pred, outline):
    P = pairwise(pred, outline).clamp(min=0)
    to_outline = torch.min(P, 2)[0]
    to_pred = torch.min(P, 1)[0]
    return torch.sqrt(to_outline).mean() + torch.sqrt(to_pred).mean()
