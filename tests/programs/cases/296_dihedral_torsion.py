import torch
from torch import Tensor


class TorsionRestraint:
    """Keeps a backbone dihedral close to `phi0` (radians)."""

    def __init__(self, phi0: float = 0.5, k: float = 2.0) -> None:
        self.phi0, self.k = phi0, k

    def dihedral(self, atoms: Tensor) -> Tensor:
        b0, b1, b2 = (atoms[1:] - atoms[:-1]).unbind(0)
        n0 = torch.linalg.cross(b0, b1)
        n1 = torch.linalg.cross(b1, b2)
        cosine = n0.dot(n1) / (n0.norm() * n1.norm())
        return cosine.clip(-1.0, 1.0).arccos()

    def penalty(self, atoms: Tensor) -> Tensor:
        return self.k * (self.dihedral(atoms) - self.phi0) ** 2
