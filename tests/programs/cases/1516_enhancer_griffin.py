import torch


def griffin_lim(mag, window, n_fft=16, hop=4, n_iter=3, momentum=0.9, length=64):
    angles = torch.ones_like(mag).to(torch.complex64)
    tprev = torch.zeros_like(angles)
    for _ in range(n_iter):
        inverse = torch.istft(mag * angles, n_fft, hop, window=window, length=length)
        rebuilt = torch.stft(inverse, n_fft, hop, window=window, return_complex=True)
        angles = rebuilt - tprev * (momentum / (1 + momentum))
        angles /= angles.abs() + 1e-16
        tprev = rebuilt
    return torch.istft(mag * angles, n_fft, hop, window=window, length=length)


def wave_loss(model, mag, wav, window):
    out = model(mag.transpose(1, 2)).transpose(1, 2).abs() + 0.1
    resyn = griffin_lim(out, window)
    return torch.nn.functional.mse_loss(resyn, wav)
