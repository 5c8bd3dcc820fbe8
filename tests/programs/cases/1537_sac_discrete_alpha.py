import torch
from torch import nn


class Agent:
    def __init__(self, n_obs=4, n_act=3):
        self.actor = nn.Linear(n_obs, n_act)
        self.critic_local = nn.Linear(n_obs, n_act)
        self.critic_local2 = nn.Linear(n_obs, n_act)
        self.log_alpha = torch.tensor(0.0, requires_grad=True)
        self.alpha = self.log_alpha.exp()

    def get_action_info(self, states):
        probs = self.actor(states).softmax(-1)
        z = (probs == 0.0).float() * 1e-8
        return probs.argmax(-1), (probs, torch.log(probs + z))

    def actor_loss(self, states_tensor):
        _, (action_probabilities, log_action_probabilities) = self.get_action_info(states_tensor)
        with torch.no_grad():
            q_values_local = self.critic_local(states_tensor)
            q_values_local2 = self.critic_local2(states_tensor)
        inside_term = self.alpha.detach() * log_action_probabilities - torch.min(q_values_local, q_values_local2)
        return (action_probabilities * inside_term).sum(dim=1).mean()
