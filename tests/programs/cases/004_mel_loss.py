import numpy as np
import torch


def spectrum(x):
    mag = np.abs(np.fft.rfft(x.detach().cpu().numpy(), axis=-1))
    return torch.from_numpy(mag).to(x)


def spectral_convergence(wav, ref):
    s, r = spectrum(wav), spectrum(ref)
    return torch.norm(r - s, p="fro") / torch.norm(r, p="fro")
