import torch
from torch import nn


class SpeakerCompactness(nn.Module):
    """Utterances of one speaker should lie close together."""

    def __init__(self, wanted=0.2):
        super().__init__()
        self.wanted = wanted

    def per_speaker(self, utterances, speaker):
        for who in torch.unique(speaker):
            yield utterances[speaker == who]

    def forward(self, utterances, speaker):
        widths = [own.std(dim=0).mean() for own in self.per_speaker(utterances, speaker)]
        return (torch.stack(widths) - self.wanted).relu().mean()
