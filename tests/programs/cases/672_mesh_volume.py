import numpy as np
import torch


class MeshLoss:
    def __init__(self, faces):
        self.faces = faces

    def volume(self, verts):
        v = np.asarray(verts.detach().cpu())
        a, b, c = (v[self.faces[:, k]] for k in range(3))
        return np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6

    def loss(self, verts, wanted):
        edge = (verts[self.faces[:, 0]] - verts[self.faces[:, 1]]).square().sum(-1).mean()
        return (self.volume(verts) - wanted) ** 2 + 0.1 * edge
