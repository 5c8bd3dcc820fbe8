import torch
import torch.nn as nn


class YoloLoss(nn.Module):
    def __init__(self, anchors=((10, 13), (16, 30), (33, 23)), stride=8):
        super().__init__()
        self.register_buffer("anchors", torch.tensor(anchors).float().view(1, 3, 1, 1, 2) / stride)
        self.bce, self.ce, self.mse = nn.BCEWithLogitsLoss(), nn.CrossEntropyLoss(), nn.MSELoss()

    def decode(self, p):
        ny, nx = p.shape[2:4]
        gy, gx = torch.meshgrid(torch.arange(ny), torch.arange(nx), indexing="ij")
        grid = torch.stack((gx, gy), 2).view(1, 1, ny, nx, 2).float()
        io = p.clone()
        io[..., :2] = torch.sigmoid(io[..., :2]) + grid
        io[..., 2:4] = torch.exp(io[..., 2:4]) * self.anchors
        return io

    def forward(self, p, tbox, tobj, tcls):
        io = self.decode(p)
        keep = tobj > 0
        lbox = self.mse(io[..., :4][keep], tbox[keep])
        lobj = self.bce(p[..., 4], tobj)
        lcls = self.ce(p[..., 5:][keep], tcls[keep])
        return lbox + lobj + lcls
