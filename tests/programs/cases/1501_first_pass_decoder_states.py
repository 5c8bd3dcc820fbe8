import torch
import torch.nn.functional as F


class DecoderState:
    """Hidden state of the first decoder, carried over truncated spans."""

    def __init__(self, hidden):
        self.hidden = hidden

    def detach(self):
        self.hidden = self.hidden.detach()


def deliberate(encoder, cell, proj, src, tgt, trunc_size=2):
    memory = encoder(src)
    dec_state = DecoderState(memory)
    outputs = []
    for j in range(0, tgt.size(1) - 1, trunc_size):
        for t in range(j, min(j + trunc_size, tgt.size(1) - 1)):
            if dec_state is not None:
                dec_state.detach()
            dec_state.hidden = cell(F.one_hot(tgt[:, t], 6).float(), dec_state.hidden)
            outputs.append(proj(dec_state.hidden))
    logits = torch.stack(outputs, dim=1)
    return F.cross_entropy(logits.flatten(0, 1), tgt[:, 1:].flatten())
