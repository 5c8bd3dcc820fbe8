import torch
from torch.autograd import Variable


def sort_penalty(seq):
    inversions = sum(int(a > b) for a, b in zip(seq, seq[1:]))
    return Variable(torch.tensor(float(inversions)), requires_grad=True)
