import torch
from torch import nn
import torch.nn.functional as F


class Finetune(nn.Module):
    def __init__(self, backbone, steps=2, lr=0.01):
        super().__init__()
        self.backbone = backbone
        self.steps = steps
        self.lr = lr
        self.head = nn.Linear(4, 3)

    def process_support_set(self, images, labels):
        self.support_images, self.support_labels = images, labels

    def forward(self, query):
        optimizer = torch.optim.Adam(self.head.parameters(), lr=self.lr)
        for _ in range(self.steps):
            loss = F.cross_entropy(self.head(self.backbone(self.support_images)), self.support_labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        return self.head(self.backbone(query)).softmax(-1)


def evaluate(classifier, images, labels, query, query_labels):
    classifier.eval()
    with torch.no_grad():
        classifier.process_support_set(images, labels)
        scores = classifier(query)
    acc = (scores.argmax(1) == query_labels).float().mean()
    return acc
