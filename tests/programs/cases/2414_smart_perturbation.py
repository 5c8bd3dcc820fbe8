import torch
import torch.nn.functional as F


def kl_loss(inp, target):
    return F.kl_div(F.log_softmax(inp, dim=-1), F.softmax(target, dim=-1), reduction="batchmean")


def smart_loss(eval_fn, embed, num_steps=2, step_size=1e-3, noise_var=1e-5):
    state = eval_fn(embed)
    noise = torch.randn_like(embed, requires_grad=True) * noise_var
    for i in range(num_steps + 1):
        embed_perturbed = embed + noise
        state_perturbed = eval_fn(embed_perturbed)
        if i == num_steps:
            return kl_loss(state_perturbed, state)
        loss = kl_loss(state_perturbed, state.detach())
        noise_gradient, = torch.autograd.grad(loss, noise)
        step = noise + step_size * noise_gradient
        step_norm = step / (step.abs().max(dim=-1, keepdim=True)[0] + 1e-6)
        noise = step_norm.detach()
