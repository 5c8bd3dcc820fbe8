"""Cuts that the code around them shows to be meant."""

from __future__ import annotations

from flow.checking import check


def test_the_gradient_that_a_step_reads_beside_a_value() -> None:
    check("""
        def local_lr(p, lr, trust=0.02, eps=1e-8):
            p_norm, g_norm = torch.norm(p.data), torch.norm(p.grad.data)
            return lr * trust * p_norm / (g_norm + eps)

        def size_loss(w, size):
            return (torch.norm(w.data) - size) ** 2  # want CR101
    """)


def test_what_is_returned_beside_a_backward_pass() -> None:
    check("""
        def activations(model, layers, x, y=None):
            with hooked(layers) as stored:
                preds = model.eval()(x)
                preds.max(dim=-1).values.mean().backward()
            return stored.values[0].data

        def train(model, prior, batches, optimizer):
            total, states = [], []
            for x, y in batches:
                loss = F.mse_loss(model(x), y)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                total.append(loss.item())
                states.append(prior.state_dict())
            return total, states

        def wrong(model, head, batches, optimizer):
            for x, y in batches:
                loss = F.mse_loss(head(model(x).data), y).detach()  # want CR101
                optimizer.zero_grad()
                loss.requires_grad_(True)  # want CR401
                loss.backward()
                optimizer.step()
            return loss
    """)


def test_an_image_as_a_parameter_to_look_at_its_gradient() -> None:
    check("""
        def saliency(model, images, label):
            pixels = nn.Parameter(images[:4])
            loss = F.cross_entropy(model(pixels), label)
            loss.backward()
            return pixels.grad.abs()

        class Prior(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Linear(4, 4)

            def fit_loss(self, z, y):
                w = nn.Parameter(self.net(z))  # want CR110
                return F.mse_loss(w, y)
    """)


def test_the_contrast_of_an_image() -> None:
    check("""
        import numpy as np

        class Jitter:
            @staticmethod
            def adjust_contrast(img, factor):
                return factor * img + (1 - factor) * np.mean(img)

        def contrast(z, others):
            return -(z * torch.as_tensor(np.mean(others)) - np.mean(z)).mean()  # want CR106
    """)
