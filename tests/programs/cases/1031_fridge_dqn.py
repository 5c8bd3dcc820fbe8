import random
from collections import deque
import torch
from torch import nn


class FridgeAgent:
    def __init__(self, obs=4, actions=2, gamma=0.95):
        self.policy_net, self.target_net = nn.Linear(obs, actions), nn.Linear(obs, actions)
        self.target_net.load_state_dict(self.policy_net.state_dict())
        self.target_net.eval()
        self.memory = deque(maxlen=50)
        self.gamma, self.epsilon = gamma, 0.2

    def act(self, state):
        if random.random() < self.epsilon:
            return random.randrange(2)
        with torch.no_grad():
            return self.policy_net(state).max(0)[1].item()

    def learn(self, transitions):
        self.memory.extend(transitions)
        state, action, reward, nxt = zip(*self.memory)
        non_final = torch.tensor([s is not None for s in nxt], dtype=torch.bool)
        non_final_next = torch.stack([s for s in nxt if s is not None])
        q = self.policy_net(torch.stack(state)).gather(1, torch.tensor(action)[:, None])
        value = torch.zeros(len(state))
        value[non_final] = self.target_net(non_final_next).max(1)[0].detach()
        expected = value * self.gamma + torch.tensor(reward)
        return nn.functional.smooth_l1_loss(q, expected.unsqueeze(1))
