import torch
from torch import nn
import torch.nn.functional as F


class PlateReader(nn.Module):
    def __init__(self, columns=5, symbols=6):
        super().__init__()
        self.rnn = nn.LSTM(columns, 7, bidirectional=True, batch_first=True)
        self.head = nn.Linear(14, symbols + 1)
        self.blank = symbols
        self.log = {}

    def greedy(self, log_probs):
        best = log_probs.argmax(-1).T
        texts = []
        for row in best.tolist():
            out, previous = [], None
            for s in row:
                if s != previous and s != self.blank:
                    out.append(s)
                previous = s
            texts.append(out)
        return texts

    def training_step(self, image, widths, plates, lengths):
        out, _ = self.rnn(image)
        log_probs = F.log_softmax(self.head(out), dim=-1).permute(1, 0, 2)
        input_lengths = torch.div(widths, 2, rounding_mode="floor").clamp(min=1).long()
        loss = F.ctc_loss(log_probs, plates, input_lengths, lengths, blank=self.blank, zero_infinity=True)
        texts = self.greedy(log_probs.detach())
        exact = sum(t == p[:n].tolist() for t, p, n in zip(texts, plates, lengths.tolist()))
        self.log = {"loss": loss.detach(), "exact": exact / len(texts)}
        return loss
