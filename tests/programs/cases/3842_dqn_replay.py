import random
from collections import deque, namedtuple

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim

Transition = namedtuple("Transition", ("state", "action", "next_state", "reward"))
BATCH_SIZE, GAMMA = 8, 0.9


class DQN(nn.Module):
    def __init__(self, n_obs=4, n_act=3):
        super().__init__()
        self.fc1 = nn.Linear(n_obs, 24)
        self.fc2 = nn.Linear(24, n_act)

    def forward(self, s):
        return self.fc2(F.relu(self.fc1(s)))


policy_net, target_net = DQN(), DQN()
target_net.load_state_dict(policy_net.state_dict())
optimizer = optim.RMSprop(policy_net.parameters(), lr=1e-3)
memory = deque(maxlen=200)
for _ in range(40):
    memory.append(Transition(torch.randn(4), torch.randint(0, 3, (1,)), torch.randn(4), torch.randn(1)))

for step in range(5):
    batch = Transition(*zip(*random.sample(memory, BATCH_SIZE)))
    states = torch.stack(batch.state)
    next_states = torch.stack(batch.next_state)
    rewards = torch.cat(batch.reward)
    with torch.no_grad():
        next_q = target_net(next_states).max(1)[0]
    expected = rewards + GAMMA * next_q

    _, q = policy_net(states).max(1)
    q = q.float().requires_grad_(True)
    loss = F.smooth_l1_loss(q, expected)

    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 2 == 0:
        target_net.load_state_dict(policy_net.state_dict())
