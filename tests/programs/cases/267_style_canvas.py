import torch

torch.manual_seed(7)
style = torch.rand(3, 12, 12)
canvas = torch.rand(3, 12, 12, requires_grad=True) * 0.5 + 0.25


def gram(image):
    flat = image.flatten(1)
    return flat @ flat.T / flat.shape[1]


for iteration in range(3):
    style_gap = (gram(canvas) - gram(style)).pow(2).sum()
    smooth = canvas.diff(dim=1).abs().mean() + canvas.diff(dim=2).abs().mean()
    objective = style_gap + 0.01 * smooth
    objective.backward(retain_graph=True)
    print(iteration, objective.item())
