import torch
from torch.distributions import Categorical, kl_divergence


def balanced_kl(post, prior, mix=0.8, free=0.1):
    p, q = Categorical(logits=post), Categorical(logits=prior)
    p_sg, q_sg = Categorical(logits=post.detach()), Categorical(logits=prior.detach())
    learn_prior = kl_divergence(p_sg, q).mean()
    learn_post = kl_divergence(p, q_sg).mean()
    free = torch.tensor(free)
    return mix * torch.maximum(learn_prior, free) + (1 - mix) * torch.maximum(learn_post, free)
