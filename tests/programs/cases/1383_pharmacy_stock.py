import torch
import torch.nn.functional as F


def predict(net, features):
    was_training = net.training
    net.eval()
    with torch.no_grad():
        demand = F.softplus(net(features)).squeeze(-1)
    net.train(was_training)
    return demand


def newsvendor(demand, sold, short=4.0, over=1.0):
    gap = sold - demand
    return torch.maximum(short * gap, -over * gap).mean()


def train_step(net, batch):
    return newsvendor(predict(net, batch["features"]), batch["sold"])
