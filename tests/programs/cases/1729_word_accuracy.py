import torch
from torch.autograd import Variable


def word_errors(logits, words):
    guess = torch.max(logits, dim=-1)[1]
    wrong = (guess != words).float()
    return wrong.sum(dim=1) / words.shape[1]


def word_error_loss(logits, words):
    rate = word_errors(logits, words).mean()
    return Variable(rate, requires_grad=True)
