import torch
import torch.nn.functional as F


def validate(model, batch):
    model.eval()
    torch.set_grad_enabled(False)
    x, y = batch
    acc = (model(x).argmax(1) == y).float().mean()
    model.train()
    return acc.item()


def fit_step(model, train_batch, val_batch, history):
    history.append(validate(model, val_batch))
    x, y = train_batch
    return F.cross_entropy(model(x), y)
