import numpy as np
import torch
from torch import nn

criterion = nn.CrossEntropyLoss()


def pull_together(temp, states, labels):
    total = 0.0
    for i in range(len(states)):
        inner, same = 0.0, int((labels == labels[i]).sum()) - 1
        for j in range(len(states)):
            if i == j or labels[i] != labels[j]:
                continue
            below = 0.0
            for k in range(len(states)):
                if k != i:
                    below += np.exp(np.dot(states[i], states[k]) / temp)
            inner += np.log(np.exp(np.dot(states[i], states[j]) / temp) / below)
        total += -inner / max(same, 1)
    return total


def train_loss(hidden, classifier, y, temp=0.3, lam=0.9, use_pairs=True):
    logits = classifier(hidden)
    if use_pairs:
        ce = criterion(logits, y)
        pairs = pull_together(temp, hidden.cpu().detach().numpy(), y)
        loss = (lam * pairs) + (1 - lam) * ce
    else:
        loss = criterion(logits, y)
    return loss
