import torch


class LesionCriterion:
    """Tversky index over 3-D lesion volumes, missed voxels weigh more."""

    def __init__(self, fn_weight=0.7, fp_weight=0.3, cutoff=0.5):
        self.fn_weight = fn_weight
        self.fp_weight = fp_weight
        self.cutoff = cutoff

    def binarise(self, volume):
        return torch.sigmoid(volume).gt(self.cutoff).type(torch.float32)

    def tversky(self, seg, annotation):
        overlap = (seg * annotation).flatten(1).sum(1)
        missed = ((1 - seg) * annotation).flatten(1).sum(1)
        extra = (seg * (1 - annotation)).flatten(1).sum(1)
        denom = overlap + self.fn_weight * missed + self.fp_weight * extra
        return (overlap + 1.0) / (denom + 1.0)

    def __call__(self, volume, annotation):
        return 1 - self.tversky(self.binarise(volume), annotation).mean()
