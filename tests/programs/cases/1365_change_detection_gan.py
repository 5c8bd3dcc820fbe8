import torch
from torch import nn

l_bce, l_con = nn.BCELoss(), nn.L1Loss()


def train_one_step(netg, netd, optimizer_g, optimizer_d, before, after, gt, w_adv=1.0):
    fake = torch.sigmoid(netg(torch.cat([before, after], dim=1)))
    pred_real = torch.sigmoid(netd(gt))
    pred_fake = torch.sigmoid(netd(fake)).detach()
    real_label, fake_label = torch.ones_like(pred_real), torch.zeros_like(pred_real)

    err_d_fake = l_bce(pred_fake, fake_label)
    err_g = l_con(fake, gt)
    err_g_total = err_g + w_adv * err_d_fake
    optimizer_g.zero_grad()
    err_g_total.backward(retain_graph=True)
    optimizer_g.step()

    err_d_real = l_bce(torch.sigmoid(netd(gt)), real_label)
    err_d_fake = l_bce(torch.sigmoid(netd(fake.detach())), fake_label)
    err_d_total = (err_d_real + err_d_fake) * 0.5
    optimizer_d.zero_grad()
    err_d_total.backward()
    optimizer_d.step()
    return err_g.item(), err_d_total.item()
