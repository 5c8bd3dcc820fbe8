"""Correct losses that cut, select or detach on purpose: nothing is said about them."""

from __future__ import annotations

import pytest

from flow.checking import check


def test_a_straight_through_estimator() -> None:
    check("""
        def quantized_loss(pred, target):
            hard = pred + (pred.round() - pred).detach()
            return F.mse_loss(hard, target)
    """)


def test_a_teacher() -> None:
    check("""
        def distillation_loss(student, teacher, images):
            with torch.no_grad():
                goal = teacher(images).softmax(dim=1)
            return F.kl_div(student(images).log_softmax(dim=1), goal, reduction="batchmean")
    """)


def test_a_detached_target() -> None:
    check("""
        def consistency_loss(pred, other):
            return F.mse_loss(pred, other.detach())
    """)


def test_an_accuracy_beside_the_loss() -> None:
    check("""
        def training_step(model, images, labels):
            logits = model(images)
            loss = F.cross_entropy(logits, labels)
            accuracy = (logits.argmax(dim=1) == labels).float().mean()
            print(f"{loss.item():.3f} {accuracy.item():.3f}")
            return loss
    """)


def test_a_choice_by_where() -> None:
    check("""
        def huber_loss(pred, target):
            error = (pred - target).abs()
            return torch.where(error < 1, 0.5 * error**2, error - 0.5).mean()
    """)


def test_hard_negatives() -> None:
    check("""
        def mining_loss(pred, target, keep=10):
            errors = F.binary_cross_entropy_with_logits(pred, target, reduction="none")
            hardest = errors.detach().argsort(descending=True)[:keep]
            return errors[hardest].mean()
    """)


def test_top_k_by_index() -> None:
    check("""
        def top_loss(pred, target):
            _, best = torch.topk(pred, 3)
            return F.mse_loss(pred[best], target[best])
    """)


def test_a_one_hot_target() -> None:
    check("""
        def brier_loss(logits, target):
            return F.mse_loss(logits.softmax(dim=1), F.one_hot(target, 10).float())
    """)


def test_a_moving_average() -> None:
    check("""
        class AverageLoss(nn.Module):
            def __init__(self):
                super().__init__()
                self.register_buffer("mean", torch.zeros(()))

            def forward(self, pred, target):
                error = F.mse_loss(pred, target)
                self.mean = 0.9 * self.mean + 0.1 * error.detach()
                return error / (self.mean + 1e-6)
    """)


def test_a_mask_by_comparison() -> None:
    check("""
        def hinge_loss(pred, target):
            margin = 1 - pred * target
            return (margin * (margin > 0)).mean()
    """)


def test_a_policy_gradient() -> None:
    check("""
        def policy_loss(logits, reward):
            policy = torch.distributions.Categorical(logits=logits)
            action = policy.sample()
            return -(policy.log_prob(action) * reward).mean()
    """)


def test_a_branch_between_two_losses() -> None:
    check("""
        def robust_loss(pred, target):
            error = (pred - target).abs().mean()
            if error.item() > 1:
                return error
            return error**2
    """)


def test_an_adversarial_direction() -> None:
    check("""
        def adversarial_loss(model, images, target):
            images = images.clone().requires_grad_(True)
            (slope,) = torch.autograd.grad(F.cross_entropy(model(images), target), images)
            return F.cross_entropy(model(images + 0.1 * slope.sign()), target)
    """)


def test_an_empty_batch() -> None:
    check("""
        def positive_loss(pred, target):
            positive = target > 0
            if not positive.any():
                return pred.sum() * 0.0
            return F.mse_loss(pred[positive], target[positive])
    """)


def test_a_question_about_losses() -> None:
    check("""
        def is_hinge_loss(pred, limit) -> bool:
            return bool((pred > limit).any())
    """)


def test_the_inside_of_a_custom_function() -> None:
    check("""
        class NormalizeLoss(torch.autograd.Function):
            @staticmethod
            def forward(ctx, pred, weight, bias, mean, scale):
                ctx.save_for_backward(scale)
                return torch.batch_norm_elemt(pred, weight, bias, mean, scale, 1e-5)

            @staticmethod
            def backward(ctx, grad):
                return grad * ctx.saved_tensors[0], None, None, None, None
    """)


def test_a_value_kept_in_a_dict() -> None:
    check("""
        class TextLoss(nn.Module):
            def forward(self, batch, target):
                batch["text"] = self.project(batch["text"]) ** 2
                batch["text"] = torch.exp(batch["text"])
                return F.mse_loss(batch["text"], target)
    """)


def test_counts_are_divided() -> None:
    check("""
        def scaled_loss(pred, target, trainer):
            return F.mse_loss(pred, target) * (trainer.processes // trainer.group_size())
    """)


def test_a_new_tensor_of_the_same_shape() -> None:
    check("""
        def masked_loss(pred, target, fill):
            worst = torch.full_like(target, fill)
            return torch.where(target > 0, (pred - target) ** 2, worst).mean()
    """)


def test_a_hook_that_brings_the_gradient() -> None:
    check("""
        from functools import partial

        def resume(slope, cached, embedded):
            with torch.enable_grad():
                embedded.backward(slope * cached)

        def cached_loss(model, images, target):
            with torch.no_grad():
                embedded = model(images)
            embedded = embedded.detach().requires_grad_()
            loss = F.mse_loss(embedded, target)
            loss = loss.detach().requires_grad_()
            loss.register_hook(partial(resume, embedded=embedded, cached=1.0))
            return loss
    """)


def test_an_edit_on_the_other_branch() -> None:
    check("""
        def policy_loss(log_policy, action, inplace=False):
            if inplace:
                chosen = log_policy.masked_fill_(action == 0, 0.0).sum(-1)
            else:
                chosen = (log_policy * log_policy * action).sum(-1)
            return -chosen.mean()
    """)


def test_a_cache_that_is_emptied() -> None:
    check("""
        class AttentionLoss(nn.Module):
            def __init__(self):
                super().__init__()
                self.project = nn.Linear(4, 4)
                self.keys = None

            def reset(self):
                self.keys = None

            def forward(self, scores, memory):
                if self.keys is None:
                    self.keys = torch.tanh(self.project(memory))
                return ((scores - self.keys) ** 2).mean()
    """)


def test_either_way_to_run_backward() -> None:
    check("""
        def train_step(model, images, target, scaler, optimizer):
            loss = F.mse_loss(torch.tanh(model(images)), target)
            if scaler is not None:
                scaler.scale(loss).backward()
            else:
                loss.backward()
            optimizer.step()
    """)


def test_parts_of_an_unknown_result() -> None:
    check("""
        def detection_loss(pred, boxes, assign, stride):
            scores, wanted = assign(pred.detach(), boxes)
            loss = F.binary_cross_entropy_with_logits(pred, scores)
            wanted /= stride
            return loss + F.l1_loss(pred, wanted)
    """)


def test_what_is_annotated_to_return_plain_numbers() -> None:
    check("""
        class KindOfInstance:
            def __call__(self, kind_pred: torch.Tensor, region: torch.Tensor) -> tuple[int, float]:
                inside = kind_pred[region]
                likeliest = inside.mean()
                return int(likeliest), float(likeliest / region.sum())
    """)


def test_noise_that_a_frozen_generator_is_fed() -> None:
    check("""
        class Gan(nn.Module):
            def __init__(self):
                super().__init__()
                self.generator = nn.Linear(2, 4)
                self.critic = nn.Linear(4, 1)

            def critic_loss(self, z, real):
                with torch.no_grad():
                    fake = self.generator(z)
                return self.critic(fake).mean() - self.critic(real).mean()

            def generator_loss(self, z):
                return -self.critic(self.generator(z)).mean()
    """)


def test_leaves_of_a_sampling_loop() -> None:
    check("""
        class Energy(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Linear(2, 1)

            def sample(self, x):
                x = x.clone().detach()
                for _ in range(4):
                    x.requires_grad_(True)
                    (slope,) = torch.autograd.grad(self.net(x).sum(), x)
                    x = (x - 0.1 * slope).detach()
                return x

            def loss(self, real, noise):
                return self.net(real).mean() - self.net(self.sample(noise)).mean()
    """)


def test_fractional_powers_of_complex_numbers() -> None:
    check("""
        def chroma_loss(pred, target):
            likeness = pred * target - 1
            likeness = torch.complex(likeness, torch.zeros_like(likeness))
            return 1 - (likeness ** 0.3).real.mean()
    """)


def test_logarithms_of_what_was_drawn() -> None:
    check("""
        def policy_loss(logits, reward):
            probs = logits.softmax(-1)
            arms = torch.multinomial(probs.detach(), 8, replacement=True)
            return -(torch.log(probs[arms]) * reward).mean()

        def actor_loss(logits, reward):
            probs = F.softmax(logits, dim=-1)
            action = torch.distributions.Categorical(probs).sample()
            return -(probs.gather(1, action.unsqueeze(1)).squeeze(1).log() * reward).mean()
    """)


def test_a_branch_for_none_that_is_never_taken() -> None:
    check("""
        def mixture(a, b, mask=None):
            if mask is not None:
                return torch.where(mask, a + b, torch.zeros_like(a)).sum()
            return torch.logsumexp(torch.stack([a, b]), dim=0).sum()

        def mixture_loss(pred, target, strict=False):
            if strict:
                mask = pred > 0.0
            else:
                mask = target > 0.0
            low = torch.full((), float("-inf"))
            return mixture(torch.where(mask, pred, low), torch.where(mask, target, low), mask)
    """)


def test_a_root_of_what_has_no_zeros_left() -> None:
    check("""
        def stress_loss(pred, target):
            moving = pred != 0
            safe = torch.where(moving, pred, torch.ones_like(pred))
            root = torch.where(moving, safe.abs().sqrt(), torch.zeros_like(pred))
            return (root - target).abs().mean()
    """)


def test_an_argument_that_is_moved_by_hand() -> None:
    check("""
        def error_of(pred, target):
            return (pred.exp() - target).square().mean()

        def calibrate(pred, target):
            for _ in range(5):
                error = error_of(pred, target)
                error.backward()
                with torch.no_grad():
                    pred -= 0.05 * pred.grad
                    pred.grad.zero_()
            return error_of(pred, target)
    """)


def test_a_critic_alone() -> None:
    check("""
        class Gan(nn.Module):
            def __init__(self):
                super().__init__()
                self.composer = nn.Linear(3, 6)
                self.judge = nn.Linear(6, 1)

            def judge_loss(self, melody, seed):
                invented = self.composer(seed).detach()
                return self.judge(invented).mean() - self.judge(melody).mean()
    """)


def test_attacks_and_first_order_steps() -> None:
    check("""
        def attack(model, x, y):
            delta = torch.zeros_like(x)
            for _ in range(3):
                delta.requires_grad_(True)
                slope = torch.autograd.grad(F.cross_entropy(model(x + delta), y), delta)[0]
                delta = (delta.detach() + 0.03 * slope.sign()).clamp(-0.1, 0.1)
            return (x + delta).detach()

        def training_step(model, batch):
            x, y = batch
            return F.cross_entropy(model(attack(model, x, y)), y)

        def adapted(w, b, x, y):
            for _ in range(2):
                gw, gb = torch.autograd.grad(F.mse_loss(x @ w + b, y), (w, b))
                w, b = w - 0.1 * gw, b - 0.1 * gb
            return w, b

        def first_order_loss(w, b, support, query):
            fast, shift = adapted(w, b, *support)
            x, y = query
            return F.mse_loss(x @ fast + shift, y)
    """)


def test_an_edit_behind_an_early_return() -> None:
    check("""
        def score_loss(pred, found):
            labels = torch.zeros_like(pred)
            if found.numel() == 0:
                return F.binary_cross_entropy_with_logits(pred, labels) + pred.pow(2).mean() * labels.sum()
            labels[found] = 1.0
            return F.binary_cross_entropy_with_logits(pred, labels)
    """)


def test_a_barrier_that_is_not_reached_yet() -> None:
    check("""
        angles = torch.full((4,), 0.1, requires_grad=True)
        goal = torch.tensor([0.8, 0.6, 0.3, 0.1])
        optimiser = torch.optim.Adam([angles], lr=0.05)
        for _ in range(10):
            optimiser.zero_grad()
            loss = (angles.sin() - goal).pow(2).sum() + torch.relu(angles.abs() - 2.5).sum()
            loss.backward()
            optimiser.step()
    """)


def test_a_gradient_by_positions_with_an_early_return_worth_nothing() -> None:
    check("""
        def pair_energy(pos, eps):
            d2 = (pos[0] - pos[1]).pow(2)
            near = d2 < 9
            if not near.any():
                return pos.sum() * 0.0 + eps * 0.0
            return (eps / d2[near].clamp_min(1e-3)).sum()

        eps = torch.zeros((), requires_grad=True)
        pos = torch.randn(2, 3).requires_grad_(True)
        energy = pair_energy(pos, eps.exp())
        (force,) = torch.autograd.grad(energy, pos, create_graph=True)
        loss = (energy - 1) ** 2 + force.pow(2).mean()
        loss.backward()
    """)


def test_a_figure_that_is_printed_beside_the_training() -> None:
    check("""
        def delta1(pred, gt):
            return (torch.maximum(pred / gt, gt / pred) < 1.25).float().mean()

        net = nn.Linear(3, 1)
        x, gt = torch.rand(4, 3), torch.rand(4, 1)
        loss = (net(x) - gt).abs().mean()
        loss.backward()
        with torch.no_grad():
            print(loss.item(), delta1(net(x), gt))
        print(delta1(net(x), gt).item())
    """)


def test_a_figure_that_is_trained_after_all() -> None:
    check("""
        def delta1(pred, gt):
            return (torch.maximum(pred / gt, gt / pred) < 1.25).float().mean()  # want CR103 "true or false"

        net = nn.Linear(3, 1)
        x, gt = torch.rand(4, 3), torch.rand(4, 1)
        with torch.no_grad():
            print(delta1(net(x), gt))
        delta1(net(x), gt).backward()
    """)


def test_an_index_is_no_prediction() -> None:
    check("""
        P = torch.empty(3, 4)
        Q = torch.empty(6, 4)
        for table in (P, Q):
            nn.init.normal_(table)
            table.requires_grad_()

        def hard_negative(u):
            with torch.no_grad():
                return (P[u] @ Q.T).argmax(1)

        def bpr(u, i):
            j = hard_negative(u)
            return -F.logsigmoid((P[u] * (Q[i] - Q[j])).sum(1)).mean()
    """)


def test_a_derivative_that_is_stopped_on_purpose() -> None:
    check("""
        def fit_latents(decoder, shapes):
            z = torch.zeros(len(shapes), 4)
            for _ in range(3):
                z = z.detach().requires_grad_(True)
                err = (decoder(z) - shapes).pow(2).sum()
                (g,) = torch.autograd.grad(err, [z])
                z = z - 0.1 * g
            return z.detach()

        def decoder_loss(decoder, shapes):
            z = fit_latents(decoder, shapes)
            return (decoder(z) - shapes).pow(2).mean() + 1e-3 * z.pow(2).mean()
    """)


def test_a_frozen_network_may_label() -> None:
    check("""
        class Guided(nn.Module):
            def __init__(self):
                super().__init__()
                self.net, self.guide, self.other = nn.Linear(4, 3), nn.Linear(4, 3), nn.Linear(4, 3)
                for p in self.guide.parameters():
                    p.requires_grad = False
                self.other.requires_grad_(False)
                self.step = nn.Sequential(nn.Linear(4, 3), nn.ReLU()).requires_grad_(False)

            def loss(self, x):
                labels = self.guide(x).argmax(1)
                sure = (self.other(x).softmax(1).amax(1) > 0.9).float() * self.step(x).round().sum(1)
                return (sure * F.cross_entropy(self.net(x), labels, reduction="none")).mean()
    """)


def test_a_network_that_only_some_settings_freeze() -> None:
    check("""
        class Routed(nn.Module):
            def __init__(self, freeze=False):
                super().__init__()
                self.router, self.net = nn.Linear(4, 2), nn.Linear(4, 2)
                if freeze:
                    self.router.requires_grad_(False)

            def loss(self, x, y):
                pick = self.router(x).argmax(1)  # want CR104 "`self.router.weight`"
                return F.mse_loss(self.net(x).sum(1) * pick, y)
    """)


def test_a_list_of_features_filled_anew() -> None:
    check("""
        class Fused(nn.Module):
            def __init__(self):
                super().__init__()
                self.norms = nn.ModuleList([nn.LayerNorm(4) for _ in range(3)])

            def loss(self, features, target):
                features = features[2:]
                for i, norm in enumerate(self.norms):
                    features[i] = norm(features[i])
                return F.mse_loss(features[0], target)
    """)


def test_decoded_texts_and_the_lengths_of_a_ctc_loss() -> None:
    check("""
        class Reader(nn.Module):
            def __init__(self):
                super().__init__()
                self.head = nn.Linear(5, 7)

            def greedy(self, log_probs):
                texts = []
                for row in log_probs.argmax(-1).T.tolist():
                    out, previous = [], None
                    for s in row:
                        if s != previous:
                            out.append(s)
                        previous = s
                    texts.append(out)
                return texts

            def training_step(self, image, widths, plates, lengths):
                log_probs = self.head(image).log_softmax(-1).permute(1, 0, 2)
                taken = torch.div(widths, 2, rounding_mode="floor").clamp(min=1).long()
                return F.ctc_loss(log_probs, plates, taken, lengths)
    """)


def test_a_count_that_is_at_least_one_and_then_cast() -> None:
    check("""
        class BoxLoss(nn.Module):
            def forward(self, box_preds, labels):
                found = (labels > 0) & (box_preds.detach().amax(-1) > 0)
                count = found.sum().clamp(min=1).float()
                return (box_preds - 1).abs().sum(-1)[found].sum() / count
    """)


def test_a_helper_that_makes_a_frozen_copy() -> None:
    check("""
        import copy

        class Views(nn.Module):
            def __init__(self):
                super().__init__()
                self.online = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 4))
                self.target = self._target()

            def _target(self):
                target = copy.deepcopy(self.online)
                for p in target.parameters():
                    p.requires_grad = False
                return target

            def loss(self, a, b):
                return 2 - 2 * F.cosine_similarity(self.online(a), self.target(b).detach()).mean()
    """)


def test_weights_beside_the_costs_that_they_belong_to() -> None:
    check("""
        def robust_loss(r2, kind):
            if kind == "cauchy":
                return 1 / (1 + r2), torch.log1p(r2)
            return (r2 < 1).to(r2.dtype), torch.fmin(r2, torch.ones_like(r2))
    """)


def test_a_straight_through_estimator_in_the_dtype_of_another_value() -> None:
    check("""
        def quantized_loss(a, b, y):
            smooth = torch.vstack([a, b])
            hard = smooth + (smooth.sign() - smooth).detach()
            return F.mse_loss(hard.type_as(y), y)
    """)


def test_a_flag_that_is_set_where_it_is_missing() -> None:
    check("""
        def pixel_loss(pred, target):
            loss = F.mse_loss(pred, target)
            if not loss.requires_grad:
                loss.requires_grad = True
            return loss
    """)


def test_a_dual_variable_is_what_its_loss_trains() -> None:
    check("""
        def sac_alpha_loss(log_alpha, logp, target_entropy):
            return -(log_alpha * (logp + target_entropy).detach()).mean()
    """)


def test_a_codebook_that_a_moving_average_updates() -> None:
    check("""
        class Quantizer(nn.Module):
            def __init__(self):
                super().__init__()
                self.codes = nn.Embedding(8, 4)

            def forward(self, inputs):
                distances = torch.cdist(inputs, self.codes.weight)
                quantized = self.codes(distances.argmin(dim=1))
                with torch.no_grad():
                    self.codes.weight.data.mul_(0.99).add_(0.01 * inputs.mean(dim=0))
                loss = 0.25 * F.mse_loss(quantized.detach(), inputs)
                quantized = inputs + (quantized - inputs).detach()
                return quantized, loss
    """)


def test_a_number_that_weighs_another_term() -> None:
    check("""
        def balanced_loss(recon, latent, target):
            error = (recon - target).pow(2).mean()
            size = latent.pow(2).mean()
            weight = error.item() / max(size.item(), 1e-8)
            return error + min(weight, 10.0) * size
    """)


def test_a_feature_that_is_looked_up() -> None:
    check("""
        class Ages(nn.Module):
            def __init__(self):
                super().__init__()
                self.effect = nn.Embedding(5, 1)

            def loss(self, age, y):
                group = torch.bucketize(age, torch.linspace(0.2, 0.8, 4))
                decade = (age * 4).long()
                return (self.effect(group) + self.effect(decade) - y).square().mean()
    """)


@pytest.mark.parametrize(
    "pooled", ["F.max_pool2d(pred, 2)", "F.adaptive_max_pool1d(pred, 2)", "nn.MaxPool2d(2)(pred)"]
)
def test_a_pooling_gives_no_indices_unless_it_is_asked_for_them(pooled: str) -> None:
    check(f"""
        def pooled_loss(pred, y):
            return ({pooled} ** 2 - y).mean()

        def places_loss(pred, y):
            values, places = F.max_pool2d(pred, 2, return_indices=True)  # want CR104
            return (places.float() - y).pow(2).mean()

        def unpooled_loss(pred, y):
            values, places = nn.MaxPool2d(2, return_indices=True)(pred)
            return F.mse_loss(F.max_unpool2d(values, places, 2), y)
    """)
