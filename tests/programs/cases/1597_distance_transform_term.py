import torch


def edge_distance(drawing, model):
    with torch.no_grad():
        return model(drawing)


def drawing_loss(fake, real, dt_model):
    """Chamfer-like: lines of one drawing weighted by their distance from the lines of the other."""
    dt_real = edge_distance(real, dt_model)
    dt_fake = dt_model(fake)
    loss_chamfer1 = (dt_real * (1 - fake) / 2).mean()
    loss_chamfer2 = (dt_fake * (1 - real) / 2).mean()
    lam = 0.1 * loss_chamfer1.item() / (loss_chamfer2.item() + 1e-6)
    return loss_chamfer1 + lam * loss_chamfer2
