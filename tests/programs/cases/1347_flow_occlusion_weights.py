import torch
from torch import nn
import torch.nn.functional as F


def occlusion(flow_fw, flow_bw, scale=0.01, bias=0.5):
    mag = (flow_fw * flow_fw).sum(1, keepdim=True) + (flow_bw * flow_bw).sum(1, keepdim=True)
    diff = flow_fw + flow_bw
    occ = (diff * diff).sum(1, keepdim=True) > scale * mag + bias
    return occ.float()


class FlowLoss(nn.Module):
    def __init__(self, w_smooth=0.1, eps=1e-3):
        super().__init__()
        self.w_smooth, self.eps = w_smooth, eps

    def charbonnier(self, x):
        return torch.sqrt(x * x + self.eps ** 2)

    def smooth(self, flow):
        dx = flow[..., 1:] - flow[..., :-1]
        dy = flow[..., 1:, :] - flow[..., :-1, :]
        return self.charbonnier(dx).mean() + self.charbonnier(dy).mean()

    def forward(self, flow_fw, flow_bw, im1_recon, im1):
        occ_mask = 1 - occlusion(flow_fw, flow_bw)
        if occ_mask.sum() == 0:
            occ_mask = torch.ones_like(occ_mask)
        photo = self.charbonnier(im1_recon * (1 + flow_fw.mean()) - im1)
        warp_loss = (photo * occ_mask).mean() / (occ_mask.mean() + 1e-6)
        return warp_loss + self.w_smooth * (self.smooth(flow_fw) + self.smooth(flow_bw))
