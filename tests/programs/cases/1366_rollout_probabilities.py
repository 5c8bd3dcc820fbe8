import numpy as np
import torch
from torch import nn


class Reinforce:
    def __init__(self, obs=4, actions=3):
        self.eval_rnn = nn.Linear(obs, actions)

    def choose(self, obs, epsilon):
        prob = torch.softmax(self.eval_rnn(obs), dim=-1)
        prob = (1 - epsilon) * prob + torch.ones_like(prob) * epsilon / prob.size(-1)
        action = int(torch.multinomial(prob, 1))
        return action, float(prob[action])

    def rollout(self, observations, epsilon=0.1):
        episode = {"u": [], "pi": []}
        for obs in observations:
            action, pi = self.choose(obs, epsilon)
            episode["u"].append(action)
            episode["pi"].append(pi)
        return episode

    def learn(self, observations, returns, mask):
        episode = self.rollout(observations)
        pi_taken = torch.tensor(episode["pi"])
        pi_taken[mask == 0] = 1.0
        log_pi = torch.log(pi_taken)
        return -((returns * log_pi) * mask).sum() / mask.sum()
