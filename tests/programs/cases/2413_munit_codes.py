import torch

criterion_recon = torch.nn.L1Loss()


def code_loss(enc, dec, x1, x2, lambda_id=10.0, lambda_cont=1.0):
    c1, s1 = enc(x1).chunk(2, dim=1)
    c2, s2 = enc(x2).chunk(2, dim=1)
    x11 = dec(torch.cat([c1, s1], 1))
    x12 = dec(torch.cat([c2, s1], 1))
    x21 = dec(torch.cat([c1, s2], 1))
    c12, _ = enc(x12).chunk(2, dim=1)
    c21, _ = enc(x21).chunk(2, dim=1)
    loss = lambda_id * criterion_recon(x11, x1)
    loss = loss + lambda_cont * criterion_recon(c21, c1.detach())
    loss = loss + lambda_cont * criterion_recon(c12, c2.detach())
    return loss
