import math
import torch


def jacobian_norm(image, w):
    noise = torch.randn_like(image) / math.sqrt(image.shape[-1])
    g = torch.autograd.grad(outputs=(image * noise).sum(), inputs=w, retain_graph=True)[0]
    return g.pow(2).sum(dim=-1).sqrt()


def path_length_penalty(mapping, synth, z, target_length=1.0):
    w = mapping(z)
    image = synth(w)
    lengths = jacobian_norm(image, w)
    return (lengths - target_length).pow(2).mean()
