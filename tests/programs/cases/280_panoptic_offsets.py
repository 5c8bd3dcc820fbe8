import torch


class CentreOffsetTask:
    """Every foreground pixel points to the centre of its instance."""

    def centres(self, instance):
        h, w = instance.shape[-2:]
        yy, xx = torch.meshgrid(torch.arange(h), torch.arange(w), indexing="ij")
        grid = torch.stack([yy, xx]).float()
        aim = torch.zeros(len(instance), 2, h, w)
        for b, ids in enumerate(instance):
            for k in ids.unique():
                if k == 0:
                    continue
                where = ids == k
                aim[b, :, where] = grid[:, where].mean(1, keepdim=True) - grid[:, where]
        return aim

    def __call__(self, offset_map, instance):
        foreground = (instance > 0).unsqueeze(1).float()
        residual = (offset_map - self.centres(instance)).abs() * foreground
        return residual.sum() / foreground.sum().clamp(min=1)
