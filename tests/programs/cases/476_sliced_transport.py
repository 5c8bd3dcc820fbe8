import torch


def sliced_distance(x, y, n=8):
    dirs = torch.nn.functional.normalize(torch.randn(x.shape[1], n), dim=0)
    px, _ = torch.sort(x @ dirs, dim=0)
    py, order = torch.sort(y @ dirs, dim=0)
    middle = torch.kthvalue(px, px.shape[0] // 2, dim=0).values
    return (px - py).abs().mean() + 0.01 * middle.pow(2).mean() + 0.0 * order.float().mean()
