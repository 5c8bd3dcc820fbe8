import torch
import torch.nn.functional as F


def place_square(x_center, y_center, square, photo, width=0.2):
    """Moves a square over the photo; its centre is what is being fitted."""
    shift_x = (x_center - width / 2) * 2 - 1
    shift_y = (y_center - width / 2) * 2 - 1
    theta = torch.tensor([[1.0, 0.0, shift_x], [0.0, 1.0, shift_y]], requires_grad=True)
    grid = F.affine_grid(theta.unsqueeze(0), photo.shape, align_corners=False)
    painted = F.grid_sample(square, grid, align_corners=False)
    return F.mse_loss(painted, photo)
