import torch
import torch.nn as nn

nb_inputs, nb_hidden, nb_outputs, nb_steps = 5, 4, 2, 6
alpha, beta = 0.8, 0.9
w1 = torch.empty((nb_inputs, nb_hidden), requires_grad=True)
torch.nn.init.normal_(w1, mean=0.5, std=0.3)
w2 = torch.empty((nb_hidden, nb_outputs), requires_grad=True)
torch.nn.init.normal_(w2, mean=0.0, std=0.5)


def spike_fn(x):
    out = torch.zeros_like(x)
    out[x > 0] = 1.0
    return out


def run_snn(inputs):
    h1 = torch.einsum("abc,cd->abd", (inputs, w1))
    syn = torch.zeros((inputs.shape[0], nb_hidden))
    mem = torch.zeros((inputs.shape[0], nb_hidden))
    spk_rec = []
    for t in range(nb_steps):
        mthr = mem - 1.0
        out = spike_fn(mthr)
        rst = out.detach()
        new_syn = alpha * syn + h1[:, t]
        new_mem = (beta * mem + syn) * (1.0 - rst)
        mem = new_mem
        syn = new_syn
        spk_rec.append(out)
    return torch.stack(spk_rec, dim=1)


def train_snn_step(x_local, y_local):
    spk = run_snn(x_local)
    output = torch.einsum("abc,cd->abd", (spk, w2))
    m, _ = torch.max(output, 1)
    log_softmax_fn = nn.LogSoftmax(dim=1)
    loss_fn = nn.NLLLoss()
    loss_val = loss_fn(log_softmax_fn(m), y_local)
    return loss_val
