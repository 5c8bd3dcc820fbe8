import torch
from torch import nn


def best_anchor(boxes, targets, size):
    """Marks cells whose decoded box meets a target; labels only."""
    obj = torch.zeros(size)
    centre = targets[:, :2].long()
    for b in range(size[0]):
        obj[b, centre[b, 1], centre[b, 0]] = 1.0
    iou = (boxes[..., :2].round() == targets[:, None, None, :2]).all(-1).float()
    return obj, iou


class GridHead(nn.Module):
    def __init__(self, grid=4):
        super().__init__()
        self.grid = grid
        self.mse, self.bce = nn.MSELoss(), nn.BCELoss()

    def forward(self, x, targets):
        x = x.permute(0, 2, 3, 1)
        cx, cy, w, conf = torch.sigmoid(x[..., 0]), torch.sigmoid(x[..., 1]), x[..., 2], torch.sigmoid(x[..., 3])
        step = torch.arange(self.grid).float()
        boxes = torch.empty(x.shape[:3] + (3,))
        boxes[..., 0] = cx.data + step
        boxes[..., 1] = cy.data + step[:, None]
        boxes[..., 2] = torch.exp(w.data)
        obj, iou = best_anchor(boxes, targets, conf.shape)
        mask = obj.bool()
        loss_x = self.mse(cx[mask], targets[:, 0] % 1)
        loss_y = self.mse(cy[mask], targets[:, 1] % 1)
        loss_w = self.mse(w[mask], torch.log(targets[:, 2]))
        total = loss_x + loss_y + loss_w + self.bce(conf, obj)
        self.metrics = {"recall50": (iou * obj).sum().item() / (obj.sum().item() + 1e-16), "loss": total.item()}
        return total
