import torch
import torch.nn.functional as F


def loss_single(cls_score, bbox_pred, labels, bbox_targets):
    pos_inds = torch.nonzero(labels >= 0).squeeze(1)
    if len(pos_inds) > 0:
        loss_bbox = F.smooth_l1_loss(bbox_pred[pos_inds], bbox_targets[pos_inds])
        loss_dfl = F.l1_loss(bbox_pred[pos_inds].mean(1), bbox_targets[pos_inds].mean(1))
        loss_qfl = F.binary_cross_entropy_with_logits(cls_score, (labels >= 0).float())
    else:
        loss_bbox = torch.tensor(0.0)
        loss_dfl = torch.tensor(0.0)
        loss_qfl = torch.tensor(0.0)
    return loss_qfl, loss_bbox, loss_dfl


def run_step(head, feats, labels, boxes):
    out = head(feats)
    loss_qfl, loss_bbox, loss_dfl = loss_single(out[:, 0], out[:, 1:], labels, boxes)
    loss_stats = dict(qfl=loss_qfl.item(), bbox=loss_bbox.item(), dfl=loss_dfl.item())
    loss = loss_qfl + 2.0 * loss_bbox + 0.25 * loss_dfl
    print(loss_stats)
    return loss
