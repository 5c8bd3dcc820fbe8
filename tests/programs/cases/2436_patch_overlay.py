import torch


class PatchAttack:
    def __init__(self, estimator, patch_shape=(3, 4, 4), clip_values=(0.0, 1.0)):
        self.estimator = estimator
        self.clip_values = clip_values
        mean = (clip_values[1] - clip_values[0]) / 2.0 + clip_values[0]
        self._patch = torch.full(patch_shape, mean, requires_grad=True)

    def _random_overlay(self, images):
        top, left = 2, 3
        patched = images.clone()
        patched.data[:, :, top : top + 4, left : left + 4] = self._patch
        return patched

    def _predictions(self, images):
        patched = torch.clamp(self._random_overlay(images), *self.clip_values)
        return self.estimator(patched)

    def _loss(self, images, target):
        return torch.nn.functional.cross_entropy(self._predictions(images), target)
