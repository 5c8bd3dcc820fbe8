import numpy as np
import torch
from scipy.ndimage import distance_transform_edt as distance


def compute_dtm(masks, out_shape):
    fg_dtm = np.zeros(out_shape)
    for b in range(out_shape[0]):
        posmask = masks[b].astype(bool)
        if posmask.any():
            fg_dtm[b] = distance(posmask)
    return fg_dtm


def hd_loss(seg_soft, gt, seg_dtm, gt_dtm):
    delta_s = (seg_soft[:, 1, ...] - gt.float()) ** 2
    dtm = seg_dtm ** 2 + gt_dtm ** 2
    return torch.einsum("bxy,bxy->bxy", delta_s, dtm).mean()


def hd_step(net, volume, label):
    outputs_soft = torch.softmax(net(volume), dim=1)
    with torch.no_grad():
        gt_dtm_npy = compute_dtm(label.cpu().numpy(), tuple(label.shape))
        gt_dtm = torch.from_numpy(gt_dtm_npy).float().to(volume.device)
        seg_dtm_npy = compute_dtm(outputs_soft[:, 1].cpu().numpy() > 0.5, tuple(label.shape))
        seg_dtm = torch.from_numpy(seg_dtm_npy).float().to(volume.device)
    return hd_loss(outputs_soft, label, seg_dtm, gt_dtm)
