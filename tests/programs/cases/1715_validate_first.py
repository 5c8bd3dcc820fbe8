import torch
import torch.nn.functional as F


def validate(net, data):
    net.eval()
    torch.set_grad_enabled(False)
    x, y = data
    score = F.mse_loss(net(x), y)
    net.train()
    return score.item()


def update(net, batch, held_out, history):
    history.append(validate(net, held_out))
    x, y = batch
    return F.mse_loss(net(x), y)
