from dataclasses import dataclass
import torch


@dataclass
class SimState:
    positions: torch.Tensor
    momenta: torch.Tensor
    masses: torch.Tensor

    def detach_(self):
        for name in ("positions", "momenta"):
            setattr(self, name, getattr(self, name).detach())
        return self


def harmonic(positions, k=2.0):
    return -k * positions


def velocity_verlet(state, dt):
    half = state.momenta + 0.5 * dt * harmonic(state.positions)
    positions = state.positions + dt * half / state.masses
    momenta = half + 0.5 * dt * harmonic(positions)
    return SimState(positions, momenta, state.masses)


def integrate(state, n_steps, dt=0.01):
    for _ in range(n_steps):
        state = velocity_verlet(state, dt)
        state.detach_()
    return state


def final_state_loss(state, n_steps, target):
    final = integrate(state, n_steps)
    return ((final.positions - target) ** 2).sum()
