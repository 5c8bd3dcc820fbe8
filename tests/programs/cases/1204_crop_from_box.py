import torch
import torch.nn.functional as F


def crop(image, box):
    """box: (left, top, right, bottom) as shares of the image."""
    h, w = image.shape[-2:]
    left, top, right, bottom = (int(v * s) for v, s in zip(box, (w, h, w, h)))
    return image[..., top:bottom, left:right]


def zoom_loss(box, image, template):
    patch = F.interpolate(crop(image, box), size=template.shape[-2:], mode="bilinear", align_corners=False)
    return F.mse_loss(patch, template)
