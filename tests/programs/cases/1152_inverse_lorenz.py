import torch


def as_tensor(data, dtype=torch.float32):
    if torch.is_tensor(data):
        return data if data.dtype == dtype else data.to(dtype)
    return torch.as_tensor(data, dtype=dtype)


def residual(state, slope, coefficients):
    x, y, z = state.unbind(1)
    sigma, rho = coefficients
    first = slope[:, 0] - sigma * (y - x)
    second = slope[:, 1] - (x * (rho - z) - y)
    return torch.stack([first, second], dim=1)


def inverse_loss(sigma, rho, state, slope):
    unknown = as_tensor([sigma, rho])
    return residual(as_tensor(state), as_tensor(slope), unknown).pow(2).mean()
