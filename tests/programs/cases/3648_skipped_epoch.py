import logging

import torch
import torch.nn.functional as F

logger = logging.getLogger("train")


def evaluate(model, val):
    model.eval()
    torch.set_grad_enabled(False)
    correct = [(model(x).argmax(-1) == y).float().mean().item() for x, y in val]
    score = sum(correct) / len(correct)
    torch.set_grad_enabled(True)
    model.train()
    return score


def train(model, loader, val, epochs=5):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for epoch in range(epochs):
        optimizer.zero_grad()
        for x, y in loader:
            loss = F.cross_entropy(model(x), y) / len(loader)
            loss.backward()
        optimizer.step()
        try:
            acc = evaluate(model, val)
        except Exception as error:
            logger.warning("evaluation failed: %s", error)
            continue
        logger.info("epoch %d: %.3f", epoch, acc)
