import torch
import torch.nn as nn


def bbox_iou(a, b, eps=1e-7):
    lt = torch.max(a[:, :2] - a[:, 2:] / 2, b[:, :2] - b[:, 2:] / 2)
    rb = torch.min(a[:, :2] + a[:, 2:] / 2, b[:, :2] + b[:, 2:] / 2)
    inter = (rb - lt).clamp(0).prod(1)
    union = a[:, 2:].prod(1) + b[:, 2:].prod(1) - inter + eps
    return inter / union


class ComputeLoss:
    def __init__(self, box=0.05, obj=1.0, cls=0.5):
        self.bce = nn.BCEWithLogitsLoss()
        self.hyp = {"box": box, "obj": obj, "cls": cls}

    def build_targets(self, p, targets):
        ny, nx = p.shape[1:3]
        b, c = targets[:, :2].long().t()
        gxy = targets[:, 2:4] * torch.tensor([nx, ny])
        gij = gxy.long()
        gi, gj = gij.t()
        tbox = torch.cat([gxy - gij, targets[:, 4:6] * torch.tensor([nx, ny])], 1)
        return b, c, gj.clamp(0, ny - 1), gi.clamp(0, nx - 1), tbox

    def __call__(self, p, targets):
        lcls, lbox = torch.zeros(1), torch.zeros(1)
        tobj = torch.zeros_like(p[..., 4])
        n = targets.shape[0]
        if n:
            b, c, gj, gi, tbox = self.build_targets(p, targets)
            ps = p[b, gj, gi]
            pxy = ps[:, :2].sigmoid() * 2 - 0.5
            pwh = (ps[:, 2:4].sigmoid() * 2) ** 2
            iou = bbox_iou(torch.cat((pxy, pwh), 1), tbox)
            lbox += (1.0 - iou).mean()
            tobj[b, gj, gi] = iou.detach().clamp(0).type(tobj.dtype)
            t = torch.zeros_like(ps[:, 5:])
            t[range(n), c] = 1.0
            lcls += self.bce(ps[:, 5:], t)
        lobj = self.bce(p[..., 4], tobj)
        loss = self.hyp["box"] * lbox + self.hyp["obj"] * lobj + self.hyp["cls"] * lcls
        return loss, torch.cat((lbox, lobj.view(1), lcls)).detach()
