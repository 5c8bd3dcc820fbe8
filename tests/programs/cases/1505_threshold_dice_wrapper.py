import torch


def _take_channels(*xs, ignore_channels=None):
    if ignore_channels is None:
        return xs
    keep = [c for c in range(xs[0].shape[1]) if c not in ignore_channels]
    return [torch.index_select(x, dim=1, index=torch.tensor(keep)) for x in xs]


def _threshold(x, threshold=None):
    if threshold is not None:
        return (x > threshold).type(x.dtype)
    return x


def f_score(pr, gt, beta=1, eps=1e-7, threshold=None, ignore_channels=None):
    pr = _threshold(pr, threshold=threshold)
    pr, gt = _take_channels(pr, gt, ignore_channels=ignore_channels)
    tp = torch.sum(gt * pr)
    fp = torch.sum(pr) - tp
    fn = torch.sum(gt) - tp
    return ((1 + beta ** 2) * tp + eps) / ((1 + beta ** 2) * tp + beta ** 2 * fn + fp + eps)


class DiceLoss(torch.nn.Module):
    def __init__(self, eps=1.0, beta=1.0, activation=torch.sigmoid, threshold=0.5, ignore_channels=None):
        super().__init__()
        self.eps, self.beta, self.threshold = eps, beta, threshold
        self.activation, self.ignore_channels = activation, ignore_channels

    def forward(self, y_pr, y_gt):
        y_pr = self.activation(y_pr)
        score = f_score(y_pr, y_gt, self.beta, self.eps, threshold=self.threshold, ignore_channels=self.ignore_channels)
        return 1 - score


def combined(model, x, y):
    criterion = DiceLoss(ignore_channels=[0])
    return criterion(model(x), y)
