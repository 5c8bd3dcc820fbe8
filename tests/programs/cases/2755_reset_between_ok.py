import torch
import torch.nn as nn


class Streamer(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.RNNCell(4, 4)
        self.state = None

    def reset(self):
        self.state = None

    def advance(self, frame):
        self.state = self.cell(frame, self.state)
        return self.state

    def fit(self, clips):
        total = torch.zeros(())
        for clip in clips:
            self.reset()
            for now, nxt in zip(clip[:-1], clip[1:]):
                total = total + (self.advance(now) - nxt).pow(2).mean()
        return total
