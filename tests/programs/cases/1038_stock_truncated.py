import torch
from torch import nn

torch.manual_seed(0)
SEQ, CHUNK = 12, 4
rnn, readout = nn.GRUCell(2, 5), nn.Linear(5, 1)
optimizer = torch.optim.RMSprop([*rnn.parameters(), *readout.parameters()], lr=1e-3)
prices, target = torch.randn(SEQ, 3, 2), torch.randn(SEQ, 3, 1)

for epoch in range(2):
    hidden = torch.zeros(3, 5)
    running = 0.0
    for start in range(0, SEQ, CHUNK):
        hidden = hidden.detach()
        preds = torch.zeros(CHUNK, 3, 1)
        for k in range(CHUNK):
            hidden = rnn(prices[start + k], hidden)
            preds[k] = readout(hidden)
        loss = nn.functional.mse_loss(preds, target[start:start + CHUNK])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(rnn.parameters(), 1.0)
        optimizer.step()
        running += loss.item() * CHUNK
    print(epoch, running / SEQ)
