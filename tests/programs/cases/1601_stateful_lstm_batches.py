import torch
from torch import nn

seq_len, batch_size = 4, 2
data = torch.randn(3, seq_len, batch_size, 1)
lstm = nn.LSTM(1, 5)
fc = nn.Linear(5, 1)
params = list(lstm.parameters()) + list(fc.parameters())
optimizer = torch.optim.Adam(params, lr=0.01)
loss_function = nn.MSELoss()

hidden = (torch.zeros(1, batch_size, 5), torch.zeros(1, batch_size, 5))
for epoch in range(2):
    for i in range(len(data) - 1):
        inputs, targets = data[i], data[i + 1]
        optimizer.zero_grad()
        out, hidden = lstm(inputs, hidden)
        prediction = fc(out)
        loss = loss_function(prediction, targets)
        loss.backward()
        optimizer.step()
