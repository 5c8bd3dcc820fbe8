import torch
import torch.nn.functional as F


class AdversarialPatch:
    """Learns a sticker that makes the classifier miss; reads `patch.grad` after each backward."""

    def __init__(self, victim, size=2, step=0.05, dtype=torch.float64):
        self.victim = victim.to(dtype)
        self.patch = torch.zeros(3, size, size, requires_grad=True).to(dtype)
        self.size, self.step, self.dtype = size, step, dtype

    def paste(self, photo):
        canvas = photo.to(self.dtype).clone()
        canvas[..., : self.size, : self.size] = self.patch.sigmoid()
        return canvas

    def attack_loss(self, photo, true_class):
        logits = self.victim(self.paste(photo)).flatten(1)
        return -F.cross_entropy(logits, true_class)

    def advance(self):
        with torch.no_grad():
            self.patch -= self.step * self.patch.grad.sign()
            self.patch.grad.zero_()
