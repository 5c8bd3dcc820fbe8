import numpy as np
import torch
import torch.nn.functional as F


def frame(signal, size, hop):
    return signal.unfold(-1, size, hop)


def log_power(signal, size=16, hop=8):
    frames = frame(signal, size, hop)
    window = np.hanning(size)
    spectrum = np.fft.rfft(frames.detach().cpu().numpy() * window, axis=-1)
    power = np.abs(spectrum) ** 2
    return torch.as_tensor(np.log(power + 1e-5), dtype=torch.float32)


def vocoder_loss(generated, reference):
    lg = log_power(generated)
    lr = log_power(reference)
    convergence = (lr - lg).norm() / lr.norm().clamp(min=1e-6)
    return convergence + F.l1_loss(lg, lr)
