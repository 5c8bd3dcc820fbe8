import torch
from torch import nn
from torch.distributions import Categorical


class ActorCritic(nn.Module):
    def __init__(self, s=4, a=3):
        super().__init__()
        self.actor = nn.Linear(s, a)
        self.critic = nn.Linear(s, 1)

    def evaluate(self, state, action):
        dist = Categorical(self.actor(state).softmax(-1))
        return dist.log_prob(action), torch.squeeze(self.critic(state)), dist.entropy()


MseLoss = nn.MSELoss()


def ppo_update(policy, old_states, old_actions, old_logprobs, rewards, eps_clip=0.2):
    rewards = torch.tensor(rewards)
    rewards = (rewards - rewards.mean()) / (rewards.std() + 1e-5)
    logprobs, state_values, dist_entropy = policy.evaluate(old_states, old_actions)
    ratios = torch.exp(logprobs - old_logprobs.detach())
    advantages = rewards - state_values.detach()
    surr1 = ratios * advantages
    surr2 = torch.clamp(ratios, 1 - eps_clip, 1 + eps_clip) * advantages
    loss = -torch.min(surr1, surr2) + 0.5 * MseLoss(state_values, rewards) - 0.01 * dist_entropy
    return loss.mean()
