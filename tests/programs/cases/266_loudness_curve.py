import numpy as np
import torch


def a_weighting(freqs):
    f2 = np.square(freqs)
    return f2 / (f2 + 0.05)


def loudness(wave, frame=16):
    chunks = wave.detach().cpu().numpy().reshape(len(wave), -1, frame)
    spectrum = np.abs(np.fft.rfft(chunks, axis=-1))
    weights = a_weighting(np.fft.rfftfreq(frame))
    power = (spectrum**2 * weights).mean(axis=-1)
    return torch.from_numpy(10 * np.log10(power + 1e-4)).float()


def loudness_mismatch(generated, recording):
    gap = loudness(generated) - loudness(recording)
    return gap.abs().mean()
