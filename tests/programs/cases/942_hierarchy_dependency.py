import torch
import torch.nn.functional as F


def dependency_loss(coarse, fine, parent, y_coarse, y_fine, alpha=1.0):
    """Both levels classify; a fine class under the wrong parent is punished."""
    p_coarse = torch.argmax(F.softmax(coarse, dim=1), dim=1)
    p_fine = torch.argmax(F.softmax(fine, dim=1), dim=1)
    violated = (parent[p_fine] != p_coarse).float()
    dloss = torch.mean(torch.exp(alpha * violated) - 1)
    return F.cross_entropy(coarse, y_coarse) + F.cross_entropy(fine, y_fine) + dloss
