import torch


def assemble(tiles, rows, cols):
    n, h, w = tiles.shape
    canvas = torch.zeros(rows * h, cols * w)
    weight = torch.zeros_like(canvas)
    for k in range(n):
        r, c = divmod(k, cols)
        canvas[r * h:(r + 1) * h, c * w:(c + 1) * w] += tiles[k]
        weight[r * h:(r + 1) * h, c * w:(c + 1) * w] += 1
    return canvas / weight


def assemble_loss(tiles, image):
    return (assemble(tiles, 2, 2) - image).abs().sum()
