import torch


class CameraFit:
    def __init__(self, device="cpu"):
        focal = torch.tensor([500.0, 500.0], requires_grad=True)
        self.center = torch.tensor([64.0, 48.0])
        self.focal = (focal / 100).to(device)

    def project(self, pts):
        uv = pts[:, :2] / pts[:, 2:]
        return uv * self.focal * 100 + self.center

    def reprojection(self, pts, pixels):
        return (self.project(pts) - pixels).norm(dim=-1).mean()
