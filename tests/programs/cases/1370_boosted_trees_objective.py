import torch


def logit_focal(preds, targets, gamma=2.0):
    preds = torch.tensor(preds, dtype=torch.float64)
    p = torch.sigmoid(preds)
    pt = torch.where(targets > 0, p, 1 - p)
    return -((1 - pt) ** gamma * torch.log(pt.clamp(min=1e-7))).sum()


class BoosterObjective:
    """Hands a gradient and a hessian diagonal to the boosting library."""

    def __init__(self, loss_function=logit_focal, maximize=False):
        self.loss_function = loss_function
        self.sign = 1 if maximize else -1

    def calc_ders(self, raw, targets):
        preds = raw
        preds.requires_grad_(True)
        objective = self.sign * self.loss_function(preds, targets)
        (deriv1,) = torch.autograd.grad(objective, preds, create_graph=True)
        (deriv2,) = torch.autograd.grad(deriv1.sum(), preds)
        raw.grad = deriv1.detach() * 1.0
        return list(zip(deriv1.detach().tolist(), deriv2.tolist()))
