import random
import torch
import torch.nn as nn


class Decoder(nn.Module):
    def __init__(self, vocab=5, hidden=4):
        super().__init__()
        self.embedding = nn.Embedding(vocab, hidden)
        self.cell = nn.GRUCell(hidden, hidden)
        self.out = nn.Linear(hidden, vocab)

    def forward(self, token, hidden):
        hidden = self.cell(self.embedding(token), hidden)
        return torch.log_softmax(self.out(hidden), dim=1), hidden


def train(input_tensor, target_tensor, encoder, decoder, criterion, teacher_forcing_ratio=0.5):
    hidden = torch.tanh(encoder(input_tensor))
    decoder_input = torch.zeros(hidden.size(0), dtype=torch.long)
    loss = 0
    use_teacher_forcing = random.random() < teacher_forcing_ratio
    for di in range(target_tensor.size(1)):
        decoder_output, hidden = decoder(decoder_input, hidden)
        loss += criterion(decoder_output, target_tensor[:, di])
        if use_teacher_forcing:
            decoder_input = target_tensor[:, di]
        else:
            topv, topi = decoder_output.topk(1)
            decoder_input = topi.squeeze(1).detach()
    return loss / target_tensor.size(1)
