import torch
import torch.nn as nn
import torch.nn.functional as F


class PromptEncoder(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.corner = nn.Linear(4, dim)

    def forward(self, boxes):
        return torch.sin(self.corner(boxes))


class MedSAM(nn.Module):
    def __init__(self, dim=6):
        super().__init__()
        self.image_encoder = nn.Conv2d(3, dim, 3, padding=1)
        self.prompt_encoder = PromptEncoder(dim)
        self.mask_decoder = nn.Conv2d(dim, 1, 1)
        # freeze prompt encoder
        for param in self.prompt_encoder.parameters():
            param.requires_grad = False

    def forward(self, image, box):
        image_embedding = self.image_encoder(image)
        # do not compute gradients for prompt encoder
        with torch.no_grad():
            box_torch = torch.as_tensor(box, dtype=torch.float32, device=image.device)
            sparse = self.prompt_encoder(box_torch)
        return self.mask_decoder(image_embedding * sparse[:, :, None, None])

    def training_loss(self, image, box, gt):
        pred = self(image, box)
        bce = F.binary_cross_entropy_with_logits(pred, gt)
        prob = torch.sigmoid(pred)
        dice = 1 - (2 * (prob * gt).sum() + 1) / (prob.sum() + gt.sum() + 1)
        return bce + dice
