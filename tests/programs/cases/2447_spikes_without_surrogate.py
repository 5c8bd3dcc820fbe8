import torch
import torch.nn as nn

nb_steps, nb_hidden = 6, 5
alpha, beta = 0.9, 0.8
w1 = nn.Parameter(torch.randn(4, nb_hidden))
w2 = nn.Parameter(torch.randn(nb_hidden, 2) * 0.5)
log_softmax_fn, loss_fn = nn.LogSoftmax(dim=1), nn.NLLLoss()


def spike_fn(x):
    out = torch.zeros_like(x)
    out[x > 0] = 1.0
    return out


def run_snn(inputs):
    h1 = torch.einsum("abc,cd->abd", (inputs, w1))
    syn, mem, spk_rec = torch.zeros(len(inputs), nb_hidden), torch.zeros(len(inputs), nb_hidden), []
    for t in range(nb_steps):
        out = spike_fn(mem - 1.0)
        rst = out.detach()
        syn, mem = alpha * syn + h1[:, t], (beta * mem + syn) * (1.0 - rst)
        spk_rec.append(out)
    return torch.stack(spk_rec, dim=1)


def train_loss(inputs, labels):
    spikes = run_snn(inputs)
    m, _ = torch.max(spikes @ w2, 1)
    return loss_fn(log_softmax_fn(m), labels)
