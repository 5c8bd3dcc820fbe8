import torch


def weave(warp, weft):
    cloth = torch.empty(len(warp), len(weft))
    for row, thread in enumerate(warp):
        cloth[row] = thread * weft
    cloth[1::2].neg_()
    cloth.t_()
    total = torch.zeros(len(weft))
    for column in range(cloth.shape[1]):
        total += cloth[:, column]
    total -= total.mean()
    return cloth, total.tanh_()


def weave_loss(warp, weft, design):
    cloth, total = weave(warp, weft)
    return (cloth - design).pow(2).mean() + 0.1 * total.pow(2).sum()
