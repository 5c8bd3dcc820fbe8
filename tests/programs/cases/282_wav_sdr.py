import torch


def _zero_mean(wave):
    return wave - wave.mean(dim=-1, keepdim=True)


def scale_invariant_sdr(estimate, reference, eps=1e-8):
    estimate, reference = _zero_mean(estimate), _zero_mean(reference)
    dot = (estimate * reference).sum(-1, keepdim=True)
    energy = reference.square().sum(-1, keepdim=True) + eps
    projection = dot / energy * reference
    residual = estimate - projection
    ratio = (projection.square().sum(-1) + eps) / (residual.square().sum(-1) + eps)
    decibel = 10 * torch.log10(ratio)
    best = int(decibel.argmax())
    print(f"best clip {best}: {decibel[best]:.2f} dB")
    return -decibel.mean()
