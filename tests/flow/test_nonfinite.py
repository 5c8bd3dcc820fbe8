"""CR3xx: NaN or infinity for values that the loss must accept."""

from __future__ import annotations

from flow.checking import check


def test_a_distance_by_hand() -> None:
    check("""
        def distance(a, b):
            return ((a - b) ** 2).sum(dim=1) ** 0.5  # want CR301 "infinite at 0.*`pred`"

        def point_loss(pred, target):
            return distance(pred, target).mean()
    """)


def test_guards_of_a_root() -> None:
    check("""
        def point_loss(pred, target, eps=1e-8):
            squares = ((pred - target) ** 2).sum(dim=1)
            smooth = torch.sqrt(squares + 1e-12) + torch.sqrt(squares.clamp(min=1e-12))
            return (smooth + torch.linalg.vector_norm(pred - target, dim=1)).mean()
    """)


def test_where_around_a_logarithm() -> None:
    check("""
        def entropy_loss(prob):
            logs = torch.log(prob)  # want CR302 "computed where it is not used"
            return -torch.where(prob > 0, prob * logs, torch.zeros_like(prob)).sum()
    """)


def test_where_inside_of_it() -> None:
    check("""
        def entropy_loss(prob):
            safe = torch.where(prob > 0, prob, torch.ones_like(prob))
            return -torch.where(prob > 0, prob * torch.log(safe), torch.zeros_like(prob)).sum()
    """)


def test_an_overflow_that_is_clamped() -> None:
    check("""
        def scale_loss(pred, target):
            scale = torch.exp(pred).clamp(max=100.0)  # want CR302 "overflows to inf"
            return (scale - target).abs().mean()
    """)


def test_nan_that_is_replaced() -> None:
    check("""
        def ratio_loss(pred, target):
            ratio = target / pred  # want CR302 "repairs the value and not the derivative"
            return torch.nan_to_num(ratio).mean()
    """)


def test_an_angle() -> None:
    check("""
        def angle_loss(pred, target):
            cosine = F.cosine_similarity(pred, target, dim=1)
            return cosine.acos().mean()  # want CR303 "`acos` is infinite"
    """)


def test_a_count_of_predictions() -> None:
    check("""
        def confident_loss(pred, target):
            chosen = pred > 0.9
            return ((pred - target) ** 2 * chosen).sum() / chosen.sum()  # want CR304 "where there are none"
    """)


def test_a_count_that_is_asked_first() -> None:
    check("""
        def confident_loss(pred, target):
            chosen = pred > 0.9
            error = ((pred - target) ** 2 * chosen).sum()
            return error / chosen.sum().clamp(min=1)
    """)


def test_a_logarithm_of_a_softmax() -> None:
    check("""
        def soft_loss(logits, target):
            prob = logits.softmax(dim=1)
            return -(target * prob.log()).sum(dim=1).mean()  # want CR305 "exactly 0"
    """)


def test_the_spread_of_a_selection() -> None:
    check("""
        def spread_loss(pred, target):
            return pred[target == 1].std()  # want CR306 "single value"
    """)


def test_the_spread_of_a_population() -> None:
    check("""
        def spread_loss(pred, target):
            return pred[target == 1].std(unbiased=False)
    """)


def test_a_fractional_power() -> None:
    check("""
        def robust_loss(pred, target):
            return (pred - target).abs().pow(0.75).mean()  # want CR307 "power below 1"
    """)


def test_a_root_that_nothing_brings_to_zero() -> None:
    check("""
        def hard_loss(x):
            gaps = (x[:, None] - x[None]).pow(2).sum(-1)
            same = (gaps == 0).float()
            return ((gaps + same * 1e-16).sqrt() * (1 - same)).mean()

        def near_loss(x):
            gaps = (x[:, None] - x[None]).pow(2).sum(-1)
            apart = gaps > 0
            safe = torch.where(apart, gaps, torch.ones_like(gaps))
            return torch.where(apart, safe.sqrt(), torch.zeros_like(gaps)).mean() + gaps[apart].sqrt().mean()

        def floor_loss(pred, target):
            gaps = ((pred - target) ** 2).sum(-1)
            return torch.maximum(gaps, torch.full_like(gaps, 1e-12)).sqrt().mean() + pred.relu().sqrt().mean()
    """)


def test_sums_of_squares_in_other_words() -> None:
    check("""
        def inner_loss(pred, target):
            gap = pred - target
            return torch.einsum("bi,bi->b", gap, gap).sqrt().mean()  # want CR301

        def dot_loss(pred):
            return pred.dot(pred).sqrt() + (pred @ pred) ** -0.5  # want CR301

        def twice_loss(pred, target):
            return ((pred - target) * (pred - target)).sum(-1).pow(0.5).mean()  # want CR301

        def sine_loss(pred, target):
            cosine = F.cosine_similarity(pred, target)
            return (1 - cosine ** 2).sqrt().mean()  # want CR301
    """)


def test_logarithms_of_an_error() -> None:
    check("""
        def psnr_loss(pred, target):
            return 10 * torch.log10(F.mse_loss(pred, target))  # want CR305 "reaches 0"

        def overlap_loss(pred, target):
            low, high = torch.max(pred[:, :2], target[:, :2]), torch.min(pred[:, 2:], target[:, 2:])
            overlap = (high - low).clamp(min=0).prod(dim=1)
            both = pred[:, 2:].prod(1) + target[:, 2:].prod(1) - overlap
            return -torch.log(overlap / both).mean()  # want CR305
    """)


def test_logarithms_of_saturated_values() -> None:
    check("""
        def squash_loss(logits):
            action = torch.tanh(logits)
            return -torch.log(1 - action.pow(2)).sum()  # want CR305 "saturated"

        def not_loss(logits):
            return -torch.log1p(-logits.sigmoid()).mean()  # want CR305

        def any_loss(logits, target):
            some = 1 - (1 - logits.sigmoid()).prod(dim=1)
            return -(target * torch.log(some)).mean()  # want CR305

        def entropy_loss(logits):
            return torch.special.entr(logits.softmax(-1)).sum()  # want CR305
    """)


def test_logarithms_of_exponentials() -> None:
    check("""
        def mixture_loss(mean, y):
            density = torch.exp(-0.5 * (y - mean) ** 2)
            return -torch.log(density.sum(-1)).mean()  # want CR305 "Far away"

        def score_loss(logits, target):
            total = torch.log(torch.exp(logits).sum(1))  # want CR305 "overflows"
            return (total - logits.gather(1, target[:, None])[:, 0]).mean()

        def shifted_loss(logits, target):
            top = logits.max(1, keepdim=True).values
            total = torch.log(torch.exp(logits - top).sum(1)) + top[:, 0]
            return (total - logits.gather(1, target[:, None])[:, 0]).mean()

        def contrast_loss(first, second):
            scores = F.normalize(first) @ F.normalize(second).t() / 0.1
            return -torch.log(scores.exp().diag() / scores.exp().sum(1)).mean()
    """)


def test_other_ends_of_a_domain() -> None:
    check("""
        def hyperbolic_loss(u, v):
            gap = ((u - v) ** 2).sum(-1)
            scale = (1 - u.pow(2).sum(-1)) * (1 - v.pow(2).sum(-1))
            return torch.acosh(1 + 2 * gap / scale).mean()  # want CR303 "its domain, 1,"

        def inverse_loss(logits):
            return torch.logit(logits.sigmoid()).mean() + torch.atanh(logits.tanh()).mean()  # want CR303
    """)


def test_a_count_that_is_infinite_without_its_values() -> None:
    check("""
        def rate_loss(rate, counts):
            terms = counts * torch.log(rate)  # want CR302 "computed where it is not used"
            return (rate - torch.where(counts > 0, terms, torch.zeros_like(terms))).sum()
    """)


def test_data_that_is_padded_with_zeros() -> None:
    check("""
        class GapLoss(nn.Module):
            def __init__(self):
                super().__init__()
                self.shape = nn.Parameter(torch.tensor(0.3))

            def forward(self, gaps, valid):
                density = (self.shape - 1) * gaps.log() - gaps  # want CR302 "padded with 0"
                return -density.masked_fill(~valid, 0.0).sum()

        def duration_loss(pred, duration, mask):
            error = (pred - torch.log(duration)) ** 2  # want CR302 "padded with 0"
            return torch.where(mask, error, torch.zeros_like(error)).sum()

        def selected_loss(pred, duration, mask):
            rest = (pred - duration.log1p())[mask].square().mean()
            return F.mse_loss(pred[mask], duration[mask].log()) + rest
    """)


def test_nan_in_the_target() -> None:
    check("""
        def kept_loss(pred, target):
            error = (pred - target) ** 2  # want CR302 "it is NaN"
            return error[~torch.isnan(error)].mean()

        def mean_loss(pred, target):
            return F.mse_loss(pred, target, reduction="none").nanmean()  # want CR302

        def zeroed_loss(pred, target):
            error = F.smooth_l1_loss(pred, target, reduction="none")  # want CR302
            error[torch.isnan(target)] = 0.0
            return error.sum()

        def absolute_loss(pred, target):
            return (pred - target).abs().nanmean()

        def guarded_loss(pred, target):
            return torch.nan_to_num(F.mse_loss(pred, target))
    """)


def test_a_class_that_does_not_occur() -> None:
    check("""
        def positive_loss(score, y):
            positive = (y == 1).float()
            return (F.softplus(-score) * positive).sum() / positive.sum()  # want CR304 "where there are none"

        def centre_loss(feature, label):
            hot = F.one_hot(label, 4).float()
            centres = (hot.t() @ feature) / hot.sum(0)[:, None]  # want CR304
            return (feature - centres[label]).square().mean()

        def overlap_loss(logits, label):
            hot = F.one_hot(label, 4).permute(0, 2, 1).float()
            weight = hot.sum((0, 2)).pow(-2)  # want CR304 "a class that does not occur"
            return (weight * (logits.softmax(1) * hot).sum((0, 2))).sum()
    """)


def test_classes_that_occur() -> None:
    check("""
        def positive_loss(score, y):
            positive = y == 1
            if not positive.any():
                return score.sum() * 0
            return (F.softplus(-score) * positive).sum() / positive.sum()

        def each_loss(score, y):
            total = 0.0
            for k in range(3):
                own = y == k
                if own.sum() == 0:
                    continue
                total = total + (score * own).sum() / own.sum()
            return total

        def balanced_loss(logits, label):
            weight = 1.0 / torch.bincount(label, minlength=4)
            return (weight[label] * F.cross_entropy(logits, label, reduction="none")).mean()

        def overlap_loss(logits, label):
            hot = F.one_hot(label, 4).permute(0, 2, 1).float()
            weight = 1 / hot.sum((0, 2)) ** 2
            weight[torch.isinf(weight)] = 0.0
            return (weight * (logits.softmax(1) * hot).sum((0, 2))).sum()

        def token_loss(loss, label, mask):
            keep = (label != 0).float() * mask
            return (loss * keep).sum() / keep.sum() + (loss * mask).sum() / mask.sum()
    """)


def test_rows_that_an_additive_mask_excludes() -> None:
    check("""
        def pooled_loss(logits, values, lengths):
            padded = torch.arange(values.size(1)) >= lengths[:, None]
            bias = torch.zeros_like(logits).masked_fill(padded, float("-inf"))
            weights = torch.softmax(logits + bias, dim=-1)  # want CR302 "excludes entirely"
            pooled = torch.einsum("bs,bsd->bd", weights, values)
            return pooled[lengths > 0].square().mean()

        def causal_loss(logits, values, valid):
            bias = torch.full_like(logits, float("-inf")).triu(1)
            pooled = torch.softmax(logits + bias, dim=-1) @ values
            return pooled[valid].square().mean()
    """)


def test_paths_that_can_not_be_taken() -> None:
    check("""
        NEVER = float("-inf")

        def path_loss(logits):
            alpha = torch.full_like(logits[0], NEVER)
            for row in logits:
                moved = F.pad(alpha[:-1], (1, 0), value=NEVER)
                alpha = torch.logaddexp(alpha, moved) + row  # want CR302 "slope there is NaN"
            return -alpha[-1]

        def finite_loss(logits):
            alpha = torch.full_like(logits[0], -1e9)
            for row in logits:
                alpha = torch.logaddexp(alpha, F.pad(alpha[:-1], (1, 0), value=-1e9)) + row
            return -alpha[-1]
    """)


def test_elements_that_are_left_out_before() -> None:
    check("""
        def pair_loss(x):
            gaps = (x[:, None] - x[None]).pow(2).sum(-1)
            below = torch.tril(torch.ones(3, 3), -1).bool()
            apart = gaps.masked_fill(torch.eye(3, dtype=torch.bool), 1.0)
            return gaps[below].sqrt().sum() + apart.sqrt().reciprocal().sum()

        def angle_loss(first, second):
            cosine = F.cosine_similarity(first, second)
            turned = cosine.abs() < 1 - 1e-6
            return torch.acos(cosine[turned]).sum() + (1 - cosine[~turned]).sum()

        def entropy_loss(prob):
            return -torch.where(prob > 0, torch.log(prob + 1e-8), torch.zeros_like(prob)).sum()

        def gaussian_loss(mean, logvar, target):
            variance = logvar.exp().clamp(min=1e-6)
            return ((target - mean) ** 2 / variance + variance.log()).mean()

        def relative_loss(pred, y):
            return ((pred - y) ** 2).sum() / (y ** 2).sum()
    """)


def test_what_is_found_to_be_infinite_afterwards() -> None:
    check("""
        def finite_loss(prob):
            nll = -torch.log(prob)  # want CR302 "repairs the value"
            return nll[torch.isfinite(nll)].mean()

        def floor_loss(prob):
            return -torch.max(torch.log(prob), torch.tensor(-100.0)).mean()  # want CR302 "clamp afterwards"

        def pooled_loss(feature, mask):
            pooled = (feature * mask).sum(1) / mask.sum(1)  # want CR302 "where it is not used"
            return torch.where(mask.any(dim=1), pooled, torch.zeros_like(pooled)).sum()
    """)


def test_the_distance_between_unit_vectors() -> None:
    check("""
        def chord_loss(first, second):
            cosine = (F.normalize(first) * F.normalize(second)).sum(-1)
            return (2 - 2 * cosine).sqrt().mean()  # want CR301

        def matrix_loss(first, second):
            cosine = F.normalize(first) @ F.normalize(second).t()
            return (1 - cosine).clamp(min=1e-8).sqrt().mean() + (2 + 1e-6 - cosine).sqrt().mean()
    """)


def test_a_gate_that_closes_below_a_logarithm() -> None:
    check("""
        def rate_loss(gate_logits, amount_logits, count):
            rate = (torch.sigmoid(gate_logits) * F.softplus(amount_logits)).squeeze(1)
            return (rate - count * rate.log()).mean()  # want CR305
    """)


def test_the_logarithm_of_a_count_of_one() -> None:
    check("""
        def evenness_loss(logits, allowed):
            shares = logits.masked_fill(~allowed, -1e9).softmax(-1).clamp(min=1e-6)
            most = allowed.sum(-1).float().log()
            evenness = torch.special.entr(shares).sum(-1) / most  # want CR302
            return (evenness * (allowed.sum(-1) > 1)).sum()
    """)


def test_what_a_name_says_about_its_size() -> None:
    check("""
        def odds_loss(chosen_logps):
            inside = torch.log1p(-torch.exp(chosen_logps))
            return torch.where(chosen_logps < -0.7, inside, -chosen_logps).mean()
    """)


def test_a_distance_in_any_metric() -> None:
    check("""
        def product_loss(pred, target, metric):
            gap = pred - target
            return ((gap @ metric * gap).sum(-1)).sqrt().mean()  # want CR301

        def einsum_loss(pred, target, metric):
            gap = pred - target
            return torch.einsum("bi,ij,bj->b", gap, metric, gap).sqrt().mean()  # want CR301

        def guarded_loss(pred, target, metric):
            gap = pred - target
            return torch.sqrt((gap @ metric * gap).sum(-1) + 1e-8).mean()
    """)


def test_a_variance_as_a_difference() -> None:
    check("""
        def contrast_loss(pred, target):
            mean = F.avg_pool2d(pred, 3)
            spread = (F.avg_pool2d(pred**2, 3) - mean**2).sqrt()  # want CR301
            return (spread - target).abs().mean()

        def guarded_loss(pred, target):
            mean = F.avg_pool2d(pred, 3)
            spread = (F.avg_pool2d(pred**2, 3) - mean**2).clamp(min=1e-6).sqrt()
            return (spread - target).abs().mean()
    """)


def test_a_softmax_by_hand() -> None:
    check("""
        def score_loss(logits, target):
            weights = torch.exp(logits)
            return F.mse_loss(weights / weights.sum(-1, keepdim=True), target)  # want CR304 "overflows"

        def shifted_loss(logits, target):
            weights = torch.exp(logits - logits.amax(-1, keepdim=True))
            return F.mse_loss(weights / weights.sum(-1, keepdim=True), target)

        def negative_loss(model, x):
            value = model(x)
            return torch.where(value < -0.7, torch.log1p(-torch.exp(value)), value).mean()
    """)


def test_a_target_that_is_detached_from_a_prediction() -> None:
    check("""
        def cluster_loss(z, centres):
            share = 1 / (1 + torch.cdist(z, centres) ** 2)
            target = (share**2 / share.sum(0)).detach() + 1e-6
            return (target * (target.log() - share.log())).sum(1).mean()
    """)


def test_a_spread_over_a_dimension_of_size_one() -> None:
    check("""
        def tail_loss(pred, target):
            return (pred[:, -1:].std(dim=1) - target).abs().mean()  # want CR306 "dimension of size one"

        def last_loss(pred, target):
            tail = pred[:, -1:]
            return (tail.std(dim=0) - target).abs().mean() + tail.var(dim=1, unbiased=False).mean()
    """)


def test_an_entropy_of_shares() -> None:
    check("""
        def gate_loss(pred):
            gates = F.relu(pred)
            share = gates / (gates.sum(dim=1, keepdim=True) + 1e-8)
            return (share * torch.log(share)).sum(dim=1).mean()  # want CR305 "0 .* log"

        def divergence_loss(prob, target):
            return (prob * (prob.log() - target.log())).sum()  # want CR305 "`prob`"

        def padded_loss(pred, prob):
            gates = F.relu(pred)
            share = gates / (gates.sum(dim=1, keepdim=True) + 1e-8)
            kept = prob.clamp(min=1e-6)
            return (share * torch.log(share + 1e-8)).sum(dim=1).mean() + (kept * kept.log()).sum()
    """)


def test_a_part_of_a_whole_that_can_be_zero() -> None:
    check("""
        def pooling_loss(pred, values):
            weights = F.relu(pred)
            weights = weights / weights.sum(dim=1, keepdim=True)  # want CR304 "size of the dividend"
            return (weights * values).sum(dim=1).mean()

        def direction_loss(pred, target):
            gap = pred - target
            return (gap / gap.norm(dim=1, keepdim=True)).sum()  # want CR304

        def guarded_loss(pred, values):
            weights = F.relu(pred)
            weights = weights / weights.sum(dim=1, keepdim=True).clamp(min=1e-6)
            heat = F.softmax(pred, dim=1) / F.softmax(pred, dim=1).sum(dim=0)
            return (weights * values).sum(dim=1).mean() + (heat * values).sum()
    """)


def test_a_harmonic_mean() -> None:
    check("""
        def resistance_loss(pred, target):
            resistance = pred.square()
            total = 1 / (1 / resistance).sum(dim=-1)  # want CR304 "reciprocals below"
            return (total - target).abs().mean()

        def rate_loss(pred, target):
            rates = pred.abs()
            return ((rates**-1).mean() ** -1 - target).square()  # want CR304

        def positive_loss(pred, target):
            rates = F.softplus(pred) + 1e-3
            return (1 / (1 / rates).sum(dim=-1) - target).abs().mean()
    """)


def test_a_root_where_it_exists() -> None:
    check("""
        def height_loss(pred, radius, target):
            inside = pred.abs() < radius
            height = torch.sqrt(radius**2 - pred**2)  # want CR302
            return F.l1_loss(torch.where(inside, height, 0.0), target)

        def safe_loss(pred, radius, target):
            inside = pred.abs() < radius
            height = torch.sqrt((radius**2 - pred**2).clamp(min=1e-6))
            return F.l1_loss(torch.where(inside, height, 0.0), target)
    """)


def test_what_single_precision_makes_of_an_eps() -> None:
    check("""
        def angle_loss(pred, target):
            cosine = F.cosine_similarity(pred, target).clamp(-1 + 1e-9, 1 - 1e-9)
            return torch.acos(cosine).mean()  # want CR303

        def root_loss(pred, target):
            return torch.sqrt((pred - target).square().sum(dim=1) + 1e-50).mean()  # want CR301

        def likelihood_loss(logits):
            prob = torch.sigmoid(logits).clamp(1e-9, 1 - 1e-9)
            return -torch.log(1 - prob).mean()  # want CR305

        def half_loss(logits, target):
            prob = torch.softmax(logits.half(), dim=-1)
            return -(target * torch.log(prob + 1e-8)).sum()  # want CR305

        def single_loss(logits, target):
            prob = torch.softmax(logits.half(), dim=-1).float()
            return -(target * torch.log(prob + 1e-8)).sum()
    """)
    check("""
        def root_loss(pred, target):
            gap = pred.to(torch.float64) - target
            return torch.sqrt(gap.square().sum(dim=1) + 1e-50).mean()
    """)


def test_a_mask_of_infinities() -> None:
    check("""
        def product_loss(pred, mask):
            scores = pred + (1 - mask) * float("-inf")  # want CR304 "0 times infinity"
            return torch.logsumexp(scores, dim=1).mean()

        def entropy_loss(logits, mask):
            log_prob = F.log_softmax(logits.masked_fill(~mask, float("-inf")), dim=-1)
            return -(log_prob.exp() * log_prob).sum()  # want CR304 "probability 0"

        def attention_loss(logits, pred, mask):
            weights = torch.softmax(logits.masked_fill(~mask, float("-inf")), dim=-1)
            return (weights * pred).sum()

        def pool_loss(pred, values, mask):
            bias = torch.zeros_like(pred)
            bias[~mask] = -torch.inf
            weights = torch.softmax(pred + bias, dim=1)  # want CR302 "mask"
            return (weights * values).sum(dim=1)[mask.any(dim=1)].mean()
    """)


def test_a_parameter_that_starts_where_a_root_ends() -> None:
    check("""
        class Scale(nn.Module):
            def __init__(self):
                super().__init__()
                self.variance = nn.Parameter(torch.zeros(3))

            def loss(self, pred, target):
                return ((pred - target) * self.variance.sqrt()).sum()  # want CR301
    """)


def test_records_with_gaps() -> None:
    check("""
        class Record:
            def __init__(self, past, future):
                self.past, self.future = past, future

            @property
            def observed(self):
                return ~torch.isnan(self.future)

        def forecast_loss(model, record):
            errors = (model(record.past) - record.future) ** 2  # want CR302 "it is NaN"
            return errors[record.observed].mean()

        def batch_loss(model, batch):
            errors = (model(batch["past"]) - batch["future"]).square()  # want CR302
            return errors[~torch.isnan(batch["future"])].mean()

        def gap_mse(pred, target):
            return ((pred - target) ** 2).nansum()  # want CR302
    """)


def test_a_divisor_that_comes_from_an_unknown_base() -> None:
    check("""
        class KernelLoss(Kernel):
            def forward(self, pred):
                scale = self.lengthscale
                return (torch.eye(3).repeat(2, 1) / scale**2 * pred).mean()
    """)


def test_what_a_relu_switches_off() -> None:
    check("""
        def misfit_loss(mu, spread, target):
            spread = F.relu(spread)
            return ((target - mu).square() / spread).mean()  # want CR304 "relu is off"

        def count_loss(pred, target):
            rate = F.relu(pred)
            return (rate - target * torch.log(rate)).mean()  # want CR305 "relu is off"

        def shifted_loss(pred, target):
            rate = F.relu(pred) + 1e-4
            return (target / rate - torch.log(rate)).mean()
    """)


def test_what_becomes_of_the_logarithm_of_what_a_relu_switches_off() -> None:
    check("""
        def mean_loss(pred, target):
            logs = torch.log(F.relu(pred))
            return (torch.exp(logs.mean(1)) - target).abs().mean()

        def share_loss(pred, target):
            shares = torch.softmax(torch.log(F.relu(pred)), -1)
            return (shares - target).square().mean() + torch.log(F.relu(pred)).clamp(min=-20).mean()

        def count_loss(pred, target):
            rate = F.relu(pred)
            return torch.where(rate > 0, rate - target * torch.log(rate), rate).mean()

        def masked_loss(pred, target):
            rate = F.relu(pred)
            terms = rate - target * torch.log(rate)
            return terms.masked_fill(pred <= 0, 0.0).mean() + terms[rate > 0].mean()

        def class_loss(pred, target):
            return F.cross_entropy(torch.log(F.relu(pred)), target)  # want CR305 "relu is off"
    """)


def test_a_divisor_that_starts_at_zero() -> None:
    check("""
        class Contrast(nn.Module):
            def __init__(self):
                super().__init__()
                self.temperature = nn.Parameter(torch.tensor(0.0))
                self.exponent = nn.Parameter(torch.tensor(0.5))

            def loss(self, pred, keys, target):
                logits = pred @ keys.t() / self.temperature  # want CR304 "starts at 0"
                return F.cross_entropy(logits, target)

            def curve_loss(self, pred, target):
                return F.mse_loss(pred.clamp(min=0).pow(self.exponent), target)  # want CR307
    """)


def test_partners_of_the_same_class() -> None:
    check("""
        def supervised_loss(pred, target):
            same = (target[:, None] == target[None]).float()
            same.fill_diagonal_(0)
            log_prob = F.log_softmax(pred @ pred.t(), dim=1)
            return -((same * log_prob).sum(dim=1) / same.sum(dim=1)).mean()  # want CR304 "counts"

        def whole_loss(pred, target):
            same = (target[:, None] == target[None]).float()
            log_prob = F.log_softmax(pred @ pred.t(), dim=1)
            return -((same * log_prob).sum(dim=1) / same.sum(dim=1)).mean()
    """)


def test_partners_among_the_views_of_each() -> None:
    check("""
        class Contrast(nn.Module):
            def forward(self, features, labels):
                n, views = features.shape[:2]
                same = torch.eq(labels.view(-1, 1), labels.view(1, -1)).float().repeat(views, views)
                same = same * (1 - torch.eye(n * views))
                z = torch.cat(torch.unbind(features, dim=1))
                log_prob = F.log_softmax(z @ z.t(), dim=1)
                return -((same * log_prob).sum(1) / same.sum(1)).mean()  # want CR304 "counts"

        net = nn.Linear(4, 2)
        x, y = torch.randn(6, 4), torch.tensor([0, 1, 1, 2, 2, 3])
        Contrast()(net(x).unsqueeze(1), y).backward()
    """)
    check("""
        class Contrast(nn.Module):
            def forward(self, features, labels):
                n, views = features.size(0), features.size(1)
                same = torch.eq(labels.view(-1, 1), labels.view(1, -1)).float().repeat(views, views)
                same = same * (1 - torch.eye(n * views))
                z = torch.cat(torch.unbind(features, dim=1))
                log_prob = F.log_softmax(z @ z.t(), dim=1)
                return -((same * log_prob).sum(1) / same.sum(1)).mean()

        net = nn.Linear(4, 2)
        x, y = torch.randn(6, 4), torch.tensor([0, 1, 1, 2, 2, 3])
        Contrast()(torch.stack([net(x), net(x + 0.1)], dim=1), y).backward()
        both = torch.tensor([0, 1, 2, 0, 1, 2])
        Contrast()(net(x).unsqueeze(1), both).backward()
    """)


def test_the_largest_of_what_a_relu_leaves() -> None:
    check("""
        def region_loss(pred, mask):
            cam = F.relu(pred)
            cam = cam / cam.flatten(1).max(dim=1).values[:, None, None]  # want CR304 "size of the dividend"
            return (cam * (1 - mask)).mean()

        def soft_loss(pred, mask):
            cam = F.relu(pred) + 1e-6
            cam = cam / cam.flatten(1).max(dim=1).values[:, None, None]
            return (cam * (1 - mask)).mean()
    """)


def test_rows_without_any_mask() -> None:
    check("""
        def share_loss(pred, target, mask):
            part = F.softplus(pred) * mask
            share = part / part.sum(dim=-1, keepdim=True)  # want CR302 "mask is empty"
            error = (share - target).abs().sum(dim=-1)
            return error[mask.any(dim=-1)].mean()

        def guarded_loss(pred, target, mask):
            part = F.softplus(pred) * mask
            share = part / part.sum(dim=-1, keepdim=True).clamp(min=1e-6)
            error = (share - target).abs().sum(dim=-1)
            return error[mask.any(dim=-1)].mean()
    """)


def test_a_sine_over_its_angle() -> None:
    check("""
        def turn_loss(pred, target):
            angle = pred.norm(dim=-1, keepdim=True)
            return (torch.sin(angle) / angle * pred - target).square().sum()  # want CR304
    """)


def test_targets_that_are_named_after_predictions() -> None:
    check("""
        def overlap_loss(mu, cov, mu_t, cov_t):
            shift = (mu - mu_t).square().sum(dim=-1)
            spread = (cov.clamp(min=0) ** 0.5 - cov_t**0.5).square().sum(dim=-1)  # want CR301 "`cov`"
            return (shift + spread).mean()
    """)


def test_scores_without_a_spread() -> None:
    check("""
        def standard_loss(pred, target):
            score = (pred - pred.mean(dim=0)) / pred.std(dim=0)  # want CR304
            return F.mse_loss(score, target)

        def guarded_loss(pred, target):
            score = (pred - pred.mean(dim=0)) / (pred.std(dim=0) + 1e-6)
            fixed = (target - target.mean(dim=0)) / target.std(dim=0)
            return F.mse_loss(score, fixed)
    """)


def test_a_power_whose_base_is_shifted() -> None:
    check("""
        def tversky_loss(pred, target, gamma=0.75):
            hits = (pred * target).sum()
            score = (hits + 1) / (hits + 0.7 * (pred * (1 - target)).sum() + 1)
            bare = (1 - score).pow(gamma)  # want CR307
            return (1 - score + 1e-6).pow(gamma) + bare
    """)


def test_an_exponential_that_is_asked_afterwards() -> None:
    check("""
        def count_loss(pred, target):
            rate = pred.exp()  # want CR302 "overflows"
            return torch.where(rate < 1e4, rate - target * pred, 1e4 * torch.ones_like(rate)).mean()

        def small_loss(pred, target):
            rate = torch.exp(pred)
            return torch.where(rate > 1e-4, rate - target, torch.zeros_like(rate)).mean()
    """)


def test_normal_probabilities() -> None:
    check("""
        def probit_loss(score, target):
            return -(target * torch.special.ndtr(score).log()).mean()  # want CR305 "saturated"

        def error_loss(score, target):
            return -(target * torch.log(0.5 * (1 + torch.erf(score)))).mean()  # want CR305 "saturated"

        def survival_loss(mu, time):
            reached = torch.distributions.Normal(mu, 1.0).cdf(time)
            return -torch.log(1 - reached).sum()  # want CR305 "saturated"

        def quantile_loss(pred, target):
            p = pred.clamp(0.0, 1.0)
            return (torch.erfinv(2 * p - 1) - target).abs().mean()  # want CR303 "`erfinv`"

        def kept_loss(pred, target):
            p = pred.clamp(1e-4, 1 - 1e-4)
            return (torch.erfinv(2 * p - 1) - target * torch.special.log_ndtr(pred)).abs().mean()
    """)


def test_what_only_random_parameters_went_into_is_never_zero() -> None:
    check("""
        class Spline(nn.Module):
            def __init__(self):
                super().__init__()
                self.weight = nn.Parameter(torch.randn(4, 8))
                self.gate = nn.Parameter(torch.zeros(4, 8))

            def regularization_loss(self):
                size = self.weight.abs().mean(-1)
                p = size / size.sum()
                return -torch.sum(p * p.log())

            def gate_loss(self):
                size = self.gate.abs().mean(-1)
                p = size / size.sum()  # want CR304
                return -torch.sum(p * (p + 1e-9).log())

            def data_loss(self, pred):
                size = pred.abs().mean(-1)
                p = size / size.sum()  # want CR304
                return -torch.sum(p * p.log())  # want CR305
    """)


def test_the_logarithm_of_a_mixture_of_probabilities() -> None:
    check("""
        def pointer_loss(vocab, copied, switch, word):
            p = torch.sigmoid(switch)
            mixture = p * vocab.softmax(-1) + (1 - p) * copied.softmax(-1)
            picked = mixture.gather(1, word.unsqueeze(1)).squeeze(1)
            return -torch.log(picked).mean()  # want CR305 "saturated probability"

        def smoothed_loss(logits, switch, word):
            p = torch.sigmoid(switch)
            mixture = p * logits.softmax(-1) + (1 - p) * 0.1
            return -torch.log(mixture.gather(1, word.unsqueeze(1))).mean()
    """)


def test_shares_of_what_a_relu_leaves() -> None:
    check("""
        def memory_loss(scores, code):
            share = F.normalize(F.relu(scores), p=1, dim=1)
            return -(share * torch.log(share)).sum(dim=1).mean()  # want CR305 "factor beside this logarithm"

        def soft_memory_loss(scores, code):
            share = F.normalize(torch.exp(scores), p=1, dim=1)
            return -(share * torch.log(share)).sum(dim=1).mean()
    """)


def test_the_logarithm_of_a_parameter_that_starts_at_zero() -> None:
    check("""
        class Rates(nn.Module):
            def __init__(self):
                super().__init__()
                self.rate = nn.Parameter(torch.zeros(3))
                self.scale = nn.Parameter(torch.ones(3))

            def nll(self, counts):
                return (self.rate.abs() - counts * torch.log(self.rate.abs())).sum()  # want CR305 "reaches 0"

            def positive_nll(self, counts):
                rate = F.softplus(self.rate)
                return (rate - counts * torch.log(rate) - torch.log(self.scale)).sum()
    """)


def test_a_weight_without_a_graph_that_is_nan() -> None:
    check("""
        def aspect_loss(pred, target, iou):
            with torch.no_grad():
                v = (torch.atan(pred) - torch.atan(target)) ** 2
                alpha = v / (1 - iou + v)  # want CR304 "where a prediction is right"
            return (1 - iou + alpha * (pred - target) ** 2).mean()

        def kept_aspect_loss(pred, target, iou):
            with torch.no_grad():
                v = (torch.atan(pred) - torch.atan(target)) ** 2
                alpha = v / (1 - iou + v + 1e-7)
            return (1 - iou + alpha * (pred - target) ** 2).mean()
    """)


def test_counts_of_one_part_of_a_batch() -> None:
    check("""
        def layers_loss(pred, sampled, nodata=-9999.0):
            total = 0.0
            for layer in range(pred.size(1)):
                there = (sampled[:, layer] != nodata).float()
                error = (pred[:, layer] - sampled[:, layer] * there) ** 2 * there
                total = total + error.sum() / there.sum()  # want CR304 "counts elements"
            return total

        def some_layers_loss(pred, sampled, nodata=-9999.0):
            total = 0.0
            for layer in range(pred.size(1)):
                there = (sampled[:, layer] != nodata).float()
                error = (pred[:, layer] - sampled[:, layer] * there) ** 2 * there
                total = total + error.sum() / there.sum().clamp(min=1)
            return total

        def present_loss(pred, sampled, nodata=-9999.0):
            there = (sampled != nodata).float()
            return ((pred - sampled * there) ** 2 * there).sum() / there.sum()
    """)


def test_a_quotient_masked_by_the_order_of_the_ends_of_its_divisor() -> None:
    check("""
        def aspect_loss(pred, target):
            x1, y1, x2, y2 = pred.unbind(-1)
            mask = (y2 > y1) & (x2 > x1)
            ratio = (x2 - x1) / (y2 - y1)  # want CR302 "also computed where it is not used"
            return ((torch.atan(ratio) - target).square() * mask.float()).sum()

        def product_of_masks_loss(pred, target):
            x1, y1, x2, y2 = pred.t()
            mask = (y2 > y1) * (x2 > x1)
            ratio = (x2 - x1) / (y2 - y1)  # want CR302 "also computed where it is not used"
            return ((torch.atan(ratio) - target) * mask.float()).sum()

        def slope_loss(pred, target):
            low, high = pred[:, 0], pred[:, 1]
            slope = 1 / (high - low)  # want CR302 "also computed where it is not used"
            return torch.where(high != low, slope - target, torch.zeros_like(slope)).abs().sum()

        def padded_loss(pred, target):
            x1, y1, x2, y2 = pred.unbind(-1)
            mask = (y2 > y1) & (x2 > x1)
            ratio = (x2 - x1) / (y2 - y1).clamp(min=1e-3)
            return ((torch.atan(ratio) - target).square() * mask.float()).sum()

        def of_targets_loss(pred, boxes):
            x1, y1, x2, y2 = boxes.unbind(-1)
            ratio = (x2 - x1) / (y2 - y1)
            return ((pred - ratio).square() * (pred > 0).float()).sum()

        def selected_loss(pred, target):
            low, high = pred[:, 0], pred[:, 1]
            ordered = high > low
            low, high = low[ordered], high[ordered]
            return (1 / (high - low) - target[ordered]).abs().sum()
    """)


def test_a_mixture_of_densities_that_a_network_places() -> None:
    check("""
        class Mixture(nn.Module):
            def __init__(self):
                super().__init__()
                self.body, self.mean, self.share = nn.Linear(1, 8), nn.Linear(8, 3), nn.Linear(8, 3)

            def forward(self, x):
                body = torch.tanh(self.body(x))
                return self.mean(body), self.share(body).softmax(-1)

        def mixture_loss(model, x, y):
            mean, share = model(x)
            density = torch.exp(-0.5 * (y.expand_as(mean) - mean) ** 2)
            return -torch.log((share * density).sum(1)).mean()  # want CR305 "Far away every `exp`"

        def squashed_loss(model, x, y):
            mean, share = model(x)
            density = torch.exp(-0.5 * (torch.tanh(y).expand_as(mean) - torch.tanh(mean)) ** 2)
            return -torch.log(density.mean(1)).mean()
    """)


def test_partners_and_sizes_without_those_of_each_itself() -> None:
    check("""
        def partner_loss(features, labels):
            count = len(labels)
            same = torch.eq(labels.view(-1, 1), labels.view(1, -1)).float()
            others = torch.scatter(torch.ones_like(same), 1, torch.arange(count).view(-1, 1), 0)
            positive = same * others
            logits = (features @ features.T).log_softmax(1)
            return -((positive * logits).sum(1) / positive.sum(1)).mean()  # want CR304

        def share_loss(features, n):
            near = torch.relu(torch.cosine_similarity(features[:, None], features[None], dim=-1)) / 0.3
            total = (near * (1 - torch.eye(n))).sum(dim=1, keepdim=True)
            return (1 - near / total).mean()  # want CR304

        def views_loss(features, labels, views):
            same = torch.eq(labels.view(-1, 1), labels.view(1, -1)).float().repeat(2, 2)
            others = torch.scatter(torch.ones_like(same), 1, torch.arange(len(same)).view(-1, 1), 0)
            positive = same * others
            logits = (features @ features.T).log_softmax(1)
            return -((positive * logits).sum(1) / positive.sum(1)).mean()

        def kernel_loss(distance, n):
            near = torch.exp(-distance)
            return (near / (near * (1 - torch.eye(n))).sum(1, keepdim=True)).mean()
    """)


def test_gaps_that_were_scaled_or_chosen_before_they_are_dropped() -> None:
    check("""
        def huber(err, delta=1.0):
            size = err.abs()
            return torch.where(size < delta, 0.5 * err ** 2, delta * (size - 0.5 * delta))  # want CR302

        def gauge_loss(pred, gauge):
            return torch.nan_to_num(huber(pred - gauge)).mean()  # want CR302 "a helper has computed"

        def average(errors):
            return torch.nan_to_num(errors).mean()

        def other_loss(pred, gauge):
            return average(huber(pred - gauge))

        def scaled_loss(pred, gauge):
            return torch.nansum((pred - torch.log1p(gauge) / 10).square())  # want CR302 "0 \\* NaN"

        def filled_loss(pred, gauge):
            return torch.nansum((pred - torch.nan_to_num(gauge) / 10).square())

        def linear_loss(pred, gauge):
            return torch.nan_to_num((pred - torch.log1p(gauge)).abs()).mean()
    """)


def test_a_mixture_with_probabilities_put_at_places() -> None:
    check("""
        def copying_loss(logits, scores, switch, ids, target):
            gate = torch.sigmoid(switch)
            words = torch.softmax(logits, dim=-1)
            copied = torch.zeros_like(words).scatter_add(1, ids, torch.softmax(scores, dim=-1))
            picked = (gate * words + (1 - gate) * copied).gather(1, target)
            return -torch.log(picked).mean()  # want CR305 "saturated probability"

        def guarded_copying_loss(logits, scores, switch, ids, target):
            gate = torch.sigmoid(switch)
            words = torch.softmax(logits, dim=-1)
            copied = torch.zeros_like(words).scatter_add(1, ids, torch.softmax(scores, dim=-1))
            picked = (gate * words + (1 - gate) * copied).gather(1, target)
            return -torch.log(picked + 1e-9).mean()
    """)


def test_results_that_are_masked_where_the_data_has_gaps() -> None:
    check("""
        class Gain(nn.Module):
            def __init__(self, n):
                super().__init__()
                self.gain, self.bias = nn.Parameter(torch.ones(n)), nn.Parameter(torch.zeros(n))

            def assigned_loss(self, depth, ref):
                out = depth * self.gain + self.bias  # want CR302 "of `self.gain` can become NaN"
                valid = torch.isfinite(out)
                out[~valid] = 0.0
                return (out - ref * valid).abs().sum()

            def indexed_loss(self, depth, ref):
                out = self.gain * depth  # want CR302 "of `self.gain` can become NaN"
                seen = torch.isfinite(out)
                return F.l1_loss(out[seen], ref[seen])

            def filled_loss(self, depth, ref):
                out = self.gain * depth.nan_to_num(posinf=0.0)
                seen = torch.isfinite(out)
                return F.l1_loss(out[seen], ref[seen])

            def chosen_first_loss(self, depth, ref):
                seen = torch.isfinite(depth)
                out = self.gain * torch.where(seen, depth, torch.zeros_like(depth))
                return F.l1_loss(out[seen], ref[seen])

            def shifted_loss(self, depth, ref):
                out = depth + self.bias
                seen = torch.isfinite(out)
                return F.l1_loss(out[seen], ref[seen])
    """)


def test_probabilities_that_an_entropy_gives_back() -> None:
    check("""
        def focal_loss_with_logits(output, target, threshold=0.5):
            logpt = F.binary_cross_entropy_with_logits(output, target, reduction="none")
            pt = torch.exp(-logpt)
            focal = ((1.0 - pt) / threshold).pow(2.0)
            focal[pt < threshold] = 1
            return (focal * logpt).mean()

        def softmax_focal_loss(output, target, threshold=0.5):
            loss = F.nll_loss(F.log_softmax(output, dim=1), target, reduction="none")
            pt = torch.exp(-loss)
            focal = ((1.0 - pt) / threshold).pow(2.0)
            focal[pt < threshold] = 1
            return (focal * loss).mean()
    """)


def test_a_logarithm_of_a_quotient_whose_parts_are_safe() -> None:
    check("""
        def deviance_loss(rate, amount):
            mu = F.softplus(rate) + 1e-4
            safe = torch.where(amount > 0, amount, torch.ones_like(amount))
            terms = torch.where(amount > 0, amount * (safe / mu).log(), torch.zeros_like(amount))
            return 2 * (terms - (amount - mu)).mean()

        def unsafe_deviance_loss(rate, amount):
            mu = F.softplus(rate) + 1e-4
            terms = torch.where(amount > 0, (amount / mu).log() * mu, torch.zeros_like(amount))  # want CR302
            return (terms - (amount - mu)).mean()
    """)


def test_what_a_helper_computed_of_gaps_is_told_where_it_is_dropped() -> None:
    check("""
        def squares(pred, target):
            return torch.square(pred - target)

        def huber(error):
            return torch.where(error.abs() <= 1, 0.5 * error ** 2, error.abs() - 0.5)

        class Gain(nn.Module):
            def __init__(self):
                super().__init__()
                self.gain = nn.Parameter(torch.ones(3))

            def forward(self, depth):
                out = depth * self.gain  # want CR302 "0 \\* NaN"
                valid = torch.isfinite(out)
                out[~valid] = 0.0
                return out, valid

        def selected_loss(pred, target):
            known = ~torch.isnan(target)
            return squares(pred, target)[known].sum()  # want CR302 "drops what a helper"

        def chosen_loss(pred, target):
            losses = huber(pred - target)
            known = torch.isfinite(target)
            return torch.where(known, losses, torch.zeros_like(losses)).mean()  # want CR302 "drops what"

        def filled_loss(pred, target):
            known = ~torch.isnan(target)
            filled = torch.where(known, target, pred.detach())
            return (squares(pred, filled) * known).mean() + squares(pred[known], target[known]).mean()

        def gain_loss(model: Gain, depth, target):
            out, valid = model(depth)
            return (out - target * valid).abs().sum() / valid.sum().clamp(min=1)
    """)


def test_powers_of_what_is_below_zero_where_they_are_not_used() -> None:
    check("""
        class Retention(nn.Module):
            def __init__(self):
                super().__init__()
                self.log_alpha = nn.Parameter(torch.zeros(1))
                self.log_n = nn.Parameter(torch.zeros(1))
                self.limit = nn.Parameter(torch.ones(1))

            def loss(self, psi, target):
                curve = 1 + (-self.log_alpha.exp() * psi) ** (1 + self.log_n.exp())  # want CR302 "it is NaN"
                return (torch.where(psi < 0, 1 / curve, torch.ones_like(psi)) - target).square().mean()

            def order_loss(self, t, target):
                order = (1 - t / self.limit).pow(self.log_n)  # want CR302
                return (order * (t < self.limit).float() - target).square().mean()

            def safe_loss(self, psi, target):
                suction = torch.where(psi < 0, -psi, torch.ones_like(psi))
                curve = torch.where(psi < 0, suction ** self.log_n.exp(), torch.ones_like(psi))
                order = torch.where(psi > 0, psi.clamp(min=1e-6) ** self.log_n.exp(), psi.abs() ** 1.5)
                return (curve + order - target).square().mean()

        def gain_loss(pred, target):
            curve = torch.where(pred > 0.018, 1.1 * pred ** 1.5 - 0.1, 4.5 * pred)  # want CR302
            cubes = torch.where(pred > 0, pred ** 3, pred.abs() ** 1.5)
            return (curve + cubes - target).abs().mean()
    """)
