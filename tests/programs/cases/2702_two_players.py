import torch
import torch.nn as nn

actor = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 2))
judge = nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, 1))
opt_actor = torch.optim.Adam(actor.parameters(), lr=1e-3)
opt_judge = torch.optim.Adam(judge.parameters(), lr=1e-3)


def play(actor, judge, obs):
    action = actor(obs)
    value = judge(torch.cat([obs, action], dim=1))
    wanted = obs.sum(dim=1, keepdim=True)
    value_error = (value - wanted).pow(2).mean()
    opt_judge.zero_grad()
    value_error.backward(retain_graph=True)
    opt_judge.step()
    opt_actor.zero_grad()
    (-value.mean()).backward()
    opt_actor.step()
    return value_error.item()
