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


def test_numpy_takes_nothing_that_learns() -> None:
    check("""
        import numpy as np

        def area(conc, hours):
            c = np.asarray(conc.detach())  # want CR101 "reaches `conc`"
            return float((c * np.gradient(hours.numpy())).sum())

        def exposure_loss(conc, hours, target):
            return torch.tensor((area(conc, hours) - target) ** 2)

        def drift_loss(pred, start):
            moved = pred.numpy() - start.detach().numpy()  # want CR106 "reaches `pred`"
            return torch.tensor(np.abs(moved).mean())
    """)


def test_items_of_what_may_be_a_list() -> None:
    check("""
        import numpy as np

        def perform(inputs, outputs):
            x = torch.tensor(inputs[0]).requires_grad_(True)
            energy = (x ** 2).sum()
            energy.backward()
            outputs[0][0] = energy.item()
            outputs[1][0] = x.grad.numpy()

        def masked_loss(pred, target):
            pred[:, 0] = 0  # want CR502
            return F.mse_loss(pred, target)
    """)


def test_attention_that_is_repeated_before_it_weighs() -> None:
    check("""
        class Pool(nn.Module):
            def __init__(self):
                super().__init__()
                self.score = nn.Linear(8, 1)
                self.out = nn.Linear(8, 2)

            def pool_loss(self, memory, target):
                weight = F.softmax(self.score(memory), dim=1).repeat(1, 1, 8)
                return F.cross_entropy(self.out((weight * memory).sum(dim=1)), target)

        class Classify(nn.Module):
            def __init__(self):
                super().__init__()
                self.score = nn.Linear(8, 1)

            def fit_loss(self, x, target):
                return F.nll_loss(F.softmax(self.score(x), dim=1).log(), target)  # want CR204
    """)


def test_a_reference_that_is_only_compared_stands_before_the_estimate() -> None:
    check("""
        def clustering_loss(ref, inf):
            loudest = (ref[:, 0] >= ref[:, 1]).long()
            wanted = F.one_hot(loudest, 2).float()
            return ((inf @ inf.transpose(1, 2)) ** 2).sum() - ((inf.transpose(1, 2) @ wanted) ** 2).sum()

        def ordering_loss(ref, scale: float):
            return (ref[:, 0] >= ref[:, 1]).float().mean() * scale  # want CR103
    """)


def test_what_is_only_looked_up_is_no_prediction() -> None:
    check("""
        class Static(nn.Module):
            def __init__(self, embedder):
                super().__init__()
                self.embedder = embedder

            def fit_loss(self, kind, level):
                return ((self.embedder(kind.long()) + level) ** 2).mean()

            def count_loss(self, amount):
                return ((amount.long() - 3) ** 2).float().mean()  # want CR108
    """)


def test_terms_of_a_mask_and_of_its_complement() -> None:
    check("""
        def masked_bce_loss(scores, masks):
            loss = torch.tensor(0.0)
            if (~masks).any():
                loss = loss + F.softplus(scores[~masks]).mean()
            if masks.any():
                loss = loss + F.softplus(-scores[masks]).mean()
            return loss

        def positive_loss(scores, masks):
            loss = torch.tensor(0.0)  # want CR114
            if masks.any():
                loss = loss + F.softplus(-scores[masks]).mean()
            return loss
    """)


def test_sizes_in_a_list_are_no_constant_terms() -> None:
    check("""
        def scaled_loss(pred, maps):
            heights = []
            for each in maps:
                height, width = each.size()
                heights.append(height)
                if each.sum() <= 0:
                    raise ValueError(width)
            return (pred * height).mean()
    """)


def test_a_figure_of_detached_parameters() -> None:
    check("""
        class Normed(nn.Module):
            def __init__(self):
                super().__init__()
                self.weight = nn.Parameter(torch.randn(4, 4))
                self.register_buffer("v", torch.randn(4))

            def one_iteration(self):
                weight = self.weight.detach()
                return torch.dot(weight @ self.v, weight @ self.v)

            def smoothness_loss(self):
                weight = self.weight.detach()  # want CR101
                return torch.dot(weight @ self.v, weight @ self.v)
    """)


def test_a_tally_of_python_numbers() -> None:
    check("""
        def conjugate(points, states):
            above, below = 0, 0
            for point in points:
                state = states[point]
                above += torch.sum(point * state["grad"]).item()
                below += state["norm"]
            return 0 if below == 0 else above / below

        def tension(springs, rest):
            return ((springs.norm(dim=-1) - rest) ** 2).sum().item() / 2  # want CR105
    """)


def test_a_number_that_is_computed_of_values() -> None:
    check("""
        def diversity(frames, picks):
            frames, picks = frames.detach(), picks.detach()
            chosen = F.normalize(frames, dim=1)[picks.nonzero().squeeze()]
            return (1.0 - chosen @ chosen.t()).mean()

        def diversity_loss(frames, picks):
            frames, picks = frames.detach(), picks.detach()  # want CR101
            chosen = F.normalize(frames, dim=1) * picks
            return (1.0 - chosen @ chosen.t()).mean()
    """)


def test_a_direction_that_is_computed_without_graph_and_stopped_again() -> None:
    check("""
        class Matching(nn.Module):
            def __init__(self):
                super().__init__()
                self.made = nn.Linear(4, 4)
                self.fake = nn.Linear(4, 4)

            def matching_loss(self, latents):
                with torch.no_grad():
                    direction = latents - self.fake(latents + torch.randn_like(latents))
                return 0.5 * F.mse_loss(latents, (latents - direction).detach())

            def generator_loss(self, image):
                return self.matching_loss(image) + 0.01 * self.fake(image).mean()

            def losses(self, noise):
                return self.generator_loss(self.made(noise))
    """)
