import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim

torch.manual_seed(0)
cnn = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 4, 3, padding=1))


def gram_matrix(input):
    a, b, c, d = input.size()
    features = input.view(a * b, c * d)
    return torch.mm(features, features.t()).div(a * b * c * d)


class StyleLoss(nn.Module):
    def __init__(self, target_feature):
        super(StyleLoss, self).__init__()
        self.target = gram_matrix(target_feature)

    def forward(self, input):
        self.loss = F.mse_loss(gram_matrix(input), self.target)
        return input


style_img, content_img = torch.rand(1, 3, 8, 8), torch.rand(1, 3, 8, 8)
style_loss = StyleLoss(cnn(style_img))
model = nn.Sequential(cnn, style_loss)
input_img = content_img.clone().requires_grad_(True)
optimizer = optim.LBFGS([input_img], max_iter=3)


def closure():
    with torch.no_grad():
        input_img.clamp_(0, 1)
    optimizer.zero_grad()
    model(input_img)
    style_score = style_loss.loss * 1e6
    style_score.backward()
    return style_score


for step in range(2):
    optimizer.step(closure)
