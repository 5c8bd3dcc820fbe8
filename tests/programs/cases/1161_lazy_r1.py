import torch


def slope_penalty(score, image):
    grad, = torch.autograd.grad(outputs=score.sum(), inputs=image, create_graph=True)
    return grad.pow(2).reshape(len(grad), -1).sum(1).mean()


def lazy_r1(critic, gate, image, every=16, weight=10.0):
    image = image.detach()
    image.requires_grad = True
    score = critic(image * torch.sigmoid(gate(image)))
    penalty = slope_penalty(score, image)
    return weight / 2 * penalty * every + 0 * score[0].squeeze()
