"""What is trained and what is only reported, fed or started from, as public libraries write it."""

from __future__ import annotations

from flow.checking import check


def test_a_start_that_an_optimizer_is_given() -> None:
    check("""
        class Generator(nn.Module):
            def optimize(self, z, target):
                z = nn.Parameter(z)
                optimizer = torch.optim.Adam([z], lr=0.1)
                for _ in range(10):
                    loss = F.mse_loss(self.net(z), target)
                    optimizer.zero_grad()
                    loss.backward()
                    optimizer.step()
                return z.detach()
    """)


def test_a_parameter_made_of_what_should_learn() -> None:
    check("""
        class Mixture(nn.Module):
            def __init__(self):
                super().__init__()
                self.alpha = nn.Parameter(torch.zeros(3))

            def loss(self, terms):
                weights = nn.Parameter(torch.softmax(self.alpha, dim=0))  # want CR110
                return (weights * terms).sum()
    """)


def test_padding_saves_nothing() -> None:
    check("""
        def alignment_loss(logp, steps):
            table = torch.zeros(2, 5, 4)
            for t in range(1, 4):
                before = F.pad(table[:, :, t - 1 : t], (0, 0, 1, -1), value=-1e4)
                table[:, :, t] = before.squeeze(-1) + logp[:, :, t]
            return -table.mean()
    """)


def test_an_item_under_a_name() -> None:
    check("""
        class ApplySigmoid(nn.Module):
            def __init__(self, model, output_keys, temperature):
                super().__init__()
                self.model = model
                self.output_keys = output_keys
                self.temperature = temperature

            def forward(self, *input):
                output = self.model(*input)
                for key in self.output_keys:
                    output[key] = output[key].mul(self.temperature).sigmoid()
                return output
    """)


def test_what_is_returned_beside_a_backward_pass() -> None:
    check("""
        from trainers import BaseTrainer, to_device

        class Trainer(BaseTrainer):
            def _train_step(self, X_tab, batch_idx: int):
                X = to_device(X_tab, self.device)
                self.optimizer.zero_grad()
                embedded, rebuilt, mask = self.model(X)
                loss = self.loss_fn(embedded, rebuilt, mask)
                loss.backward()
                self.optimizer.step()
                self.running_loss += loss.item()
                return self.running_loss / (batch_idx + 1)
    """)


def test_the_prompt_of_a_frozen_network() -> None:
    check("""
        class Diffusion:
            def sds_loss(self, text_embeddings, image):
                with torch.no_grad():
                    noise = torch.randn_like(image)
                    noise_pred = self.unet(image + noise, hidden=text_embeddings)
                target = (image - (noise_pred - noise)).detach()
                return 0.5 * F.mse_loss(image, target, reduction="sum")
    """)


def test_weights_of_samples() -> None:
    check("""
        def interlevel_loss(weights_list, samples_list):
            loss = 0.0
            goal, reached = samples_list[-1].detach(), weights_list[-1].detach()
            for samples, weights in zip(samples_list[:-1], weights_list[:-1]):
                low = torch.searchsorted(samples.contiguous(), goal.contiguous())
                loss += torch.mean((weights.gather(-1, low) - reached) ** 2)
            return loss
    """)


def test_an_edit_that_asks_whether_it_may() -> None:
    check("""
        class Centers(nn.Module):
            def __init__(self, count, radius):
                super().__init__()
                self.centers = nn.Parameter(torch.eye(count))
                self.radius = radius

            def loss(self, pred):
                if not self.centers.requires_grad:
                    self.centers.mul_(self.radius)
                return (pred - self.centers).pow(2).mean()
    """)


def test_an_edit_that_asks_nothing() -> None:
    check("""
        class Centers(nn.Module):
            def __init__(self, count, radius):
                super().__init__()
                self.centers = nn.Parameter(torch.eye(count))
                self.radius = radius

            def loss(self, pred):
                self.centers.mul_(self.radius)  # want CR502
                return (pred - self.centers).pow(2).mean()
    """)


def test_a_mask_in_a_product() -> None:
    check("""
        def sight_loss(weights, termination_depth, predicted_depth, steps):
            expected = (termination_depth - predicted_depth) ** 2
            empty = steps < termination_depth - 0.1
            return (expected + (empty * weights**2).sum(-2)).mean()

        def tukey_loss(pred, target):
            apart = torch.abs(target - pred)
            near = torch.greater_equal(4.0 * torch.ones_like(apart), apart)
            return torch.mean(near * (1 - (apart / 4) ** 2) ** 3 + (1 - (near * 1)))
    """)


def test_a_comparison_that_is_a_term() -> None:
    check("""
        def sparse_loss(pred, target):
            return F.mse_loss(pred, target) + 0.1 * (pred > 0.5).float().mean()  # want CR103
    """)


def test_an_estimate_beside_a_loss() -> None:
    check("""
        import numpy as np

        class Autoencoder(nn.Module):
            def __init__(self):
                super().__init__()
                self.encoder = nn.Linear(3, 3)

            def loss_function(self, x):
                return F.mse_loss(self.encoder(x), x)

            def get_nll(self, data):
                log_p = []
                for x in data:
                    log_p.append(torch.logsumexp(self.encoder(x), 0).item())
                return np.mean(log_p)
    """)


def test_a_batch_by_the_old_name_of_detach() -> None:
    check("""
        class Actor(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Linear(3, 3)

            def actor_loss(self, tensordict):
                state = tensordict.data
                return -self.net(state).mean()
    """)


def test_a_discriminator_of_fakes() -> None:
    check("""
        class Adversary(nn.Module):
            def __init__(self, discriminator):
                super().__init__()
                self.discriminator = discriminator

            def forward(self, fake, real):
                return self.discriminator(fake.audio), self.discriminator(real.audio)

            def discriminator_loss(self, fake, real):
                on_fake, on_real = self.forward(fake.clone().detach(), real)
                return sum(torch.mean(f[-1] ** 2) + torch.mean((1 - r[-1]) ** 2)
                           for f, r in zip(on_fake, on_real))
    """)


def test_a_generator_of_fakes() -> None:
    check("""
        class Adversary(nn.Module):
            def __init__(self, discriminator):
                super().__init__()
                self.discriminator = discriminator

            def forward(self, fake, real):
                return self.discriminator(fake.audio), self.discriminator(real.audio)

            def generator_loss(self, fake, real):
                on_fake, on_real = self.forward(fake.clone().detach(), real)  # want CR101
                return sum(torch.mean((1 - f[-1]) ** 2) for f in on_fake)
    """)


def test_what_is_read_from_a_file() -> None:
    check("""
        from synthesis import BaseModel

        class Speech(BaseModel):
            def __init__(self, config):
                super().__init__(config)
                self.net = nn.Linear(3, 3)
                self.speaker = nn.Linear(3, 3)
                self.register_buffer("mean", torch.tensor(0))

            def update(self, statistics):
                self.mean.data = torch.tensor(statistics["mean"])

            def preprocess(self, mels):
                if self.mean.item() == 0:
                    statistics = torch.load(self.mel_statistics_parameter_path, weights_only=True)
                    self.update(statistics)
                return mels.sub(self.mean)

            def train_step(self, batch, criterion):
                mels = self.preprocess(batch["mels"])
                outputs = self.net(mels)
                return outputs, criterion(outputs)
    """)


def test_parameters_that_are_thawed() -> None:
    check("""
        class FineTune:
            def finetune(self, model, loader, layers):
                for layer in layers:
                    for p in layer.parameters():
                        p.requires_grad = True
                self._train(model, loader, torch.optim.AdamW(model.parameters()))

            def _train(self, model, loader, optimizer):
                for x, y in loader:
                    optimizer.zero_grad()
                    loss = F.mse_loss(model(x), y)
                    loss.backward()
                    optimizer.step()
    """)


def test_a_pass_that_reaches_nothing_beside_what_is_returned() -> None:
    check("""
        def attack(model, image, label, eps):
            image = image.clone().detach().requires_grad_(True)
            loss = F.cross_entropy(model(image).detach(), label)  # want CR101 "`model`"
            loss.backward()
            return image + eps * image.grad.sign()

        def attacked(model, image, label, eps):
            image = image.clone().detach().requires_grad_(True)
            loss = F.cross_entropy(model(image), label)
            loss.backward()
            return image + eps * image.grad.sign()
    """)
