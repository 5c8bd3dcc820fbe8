"""CR6xx: custom Functions."""

from __future__ import annotations

from flow.checking import check


def test_no_backward() -> None:
    check("""
        class Step(torch.autograd.Function):
            @staticmethod
            def forward(ctx, values):  # want CR601 "`Step` defines no `backward`"
                return (values > 0).float()

        def step_loss(pred):
            return Step.apply(pred).mean()
    """)


def test_too_few_gradients() -> None:
    check("""
        class Scale(torch.autograd.Function):
            @staticmethod
            def forward(ctx, values, factor):
                return values * factor

            @staticmethod
            def backward(ctx, grad):
                return grad  # want CR602 "returns 1 gradient, but `forward` takes 2 inputs"

        def scaled_loss(pred):
            return Scale.apply(pred, 2.0).mean()
    """)


def test_zeros_and_none() -> None:
    check("""
        class Stop(torch.autograd.Function):
            @staticmethod
            def forward(ctx, values):
                return values

            @staticmethod
            def backward(ctx, grad):
                return torch.zeros_like(grad)  # want CR602 "zeros for `values`"

        def stopped_loss(pred):
            return Stop.apply(pred).mean()
    """)


def test_autograd_inside_backward() -> None:
    check("""
        class Energy(torch.autograd.Function):
            @staticmethod
            def forward(ctx, points):
                ctx.save_for_backward(points)
                return points.pow(3).sum()

            @staticmethod
            def backward(ctx, grad):
                points = ctx.saved_tensors[0].detach().requires_grad_()
                return grad * torch.autograd.grad(points.pow(3).sum(), points)[0]  # want CR603

        def energy_loss(pred):
            return Energy.apply(pred)
    """)


def test_an_instance_that_is_called() -> None:
    check("""
        class Double(torch.autograd.Function):
            @staticmethod
            def forward(ctx, values):
                return values * 2

            @staticmethod
            def backward(ctx, grad):
                return grad * 2

        def doubled_loss(pred):
            return Double()(pred).mean()  # want CR604 "`Double.apply"
    """)


def test_methods_that_apply_makes_static() -> None:
    check("""
        class Double(torch.autograd.Function):
            def forward(ctx, values):
                return values * 2

            def backward(ctx, grad):
                return grad * 2

        def doubled_loss(pred):
            return Double.apply(pred).mean()
    """)


def test_a_straight_through_function() -> None:
    check("""
        class Round(torch.autograd.Function):
            @staticmethod
            def forward(ctx, values):
                return values.round()

            @staticmethod
            def backward(ctx, grad):
                return grad.clone()

        def rounded_loss(pred, target):
            return F.mse_loss(Round.apply(pred), target)
    """)


def test_a_gradient_that_stays_none() -> None:
    check("""
        class Prune(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x, weight, keep):
                ctx.save_for_backward(x, weight)
                return x @ weight.t()

            @staticmethod
            def backward(ctx, grad):
                x, weight = ctx.saved_tensors
                grad_x = grad @ weight
                grad_weight = None
                if ctx.needs_input_grad[2]:  # want CR602 "None for `weight`"
                    grad_weight = grad.t() @ x
                return grad_x, grad_weight, None

        class Pruned(nn.Module):
            def __init__(self):
                super().__init__()
                self.weight = nn.Parameter(torch.randn(4, 4))

            def fit_loss(self, x, y):
                return F.cross_entropy(Prune.apply(x, self.weight, 0.5), y)
    """)


def test_a_gradient_that_is_asked_for() -> None:
    check("""
        class Product(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x, weight, scale):
                ctx.save_for_backward(x, weight)
                ctx.scale = scale
                return x @ weight.t() * scale

            @staticmethod
            def backward(ctx, grad):
                x, weight = ctx.saved_tensors
                grad_x = grad_weight = None
                if ctx.needs_input_grad[0]:
                    grad_x = grad @ weight * ctx.scale
                if ctx.needs_input_grad[1]:
                    grad_weight = grad.t() @ x * ctx.scale
                return grad_x, grad_weight, None

        class Layer(nn.Module):
            def __init__(self):
                super().__init__()
                self.weight = nn.Parameter(torch.randn(4, 4))

            def fit_loss(self, x, y):
                return F.cross_entropy(Product.apply(x, self.weight, 0.5), y)
    """)


def test_none_for_a_parameter_and_for_a_mask() -> None:
    check("""
        class Gate(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x, weight):
                ctx.save_for_backward(weight)
                return x * weight

            @staticmethod
            def backward(ctx, grad):
                (weight,) = ctx.saved_tensors
                return grad * weight, None  # want CR602 "None for `weight`"

        class Gated(nn.Module):
            def __init__(self):
                super().__init__()
                self.weight = nn.Parameter(torch.ones(4))

            def fit_loss(self, x, y):
                return F.mse_loss(Gate.apply(x, self.weight), y)

        def masked_loss(pred, target, mask):
            return F.mse_loss(Gate.apply(pred, mask), target)
    """)


def test_indices_whose_backward_raises_on_purpose() -> None:
    check("""
        class Nearest(torch.autograd.Function):
            @staticmethod
            def forward(ctx, values, codes):
                found = torch.cdist(values, codes).argmin(1)
                ctx.mark_non_differentiable(found)
                return found

            @staticmethod
            def backward(ctx, grad):
                raise RuntimeError("the nearest code has no gradient")

        def commitment_loss(pred, codes):
            return (pred - codes[Nearest.apply(pred, codes)].detach()).square().mean()
    """)


def test_a_backward_that_returns_nothing() -> None:
    check("""
        class Clip(torch.autograd.Function):
            @staticmethod
            def forward(ctx, values):
                ctx.save_for_backward(values)
                return values.clamp(-1, 1)

            @staticmethod
            def backward(ctx, grad):
                (values,) = ctx.saved_tensors
                grad = grad * (values.abs() <= 1)  # want CR602 "returns nothing: `values` gets no gradient"

        class Refuse(torch.autograd.Function):
            @staticmethod
            def forward(ctx, values):
                return values.view_as(values)

            @staticmethod
            def backward(ctx, grad):
                raise RuntimeError("not to be differentiated")

        def clipped_loss(pred, target):
            return F.mse_loss(Clip.apply(pred), target)
    """)


def test_zeros_by_way_of_names() -> None:
    check("""
        class Sign(torch.autograd.Function):
            @staticmethod
            def forward(ctx, values):
                ctx.save_for_backward(values)
                return values.sign()

            @staticmethod
            def backward(ctx, grad):
                (values,) = ctx.saved_tensors
                found = torch.zeros_like(grad)  # want CR602 "zeros for `values`"
                found[values.abs() > 1] = 0
                return found

        class Filled(torch.autograd.Function):
            @staticmethod
            def forward(ctx, values, places):
                ctx.save_for_backward(places)
                ctx.count = len(values)
                return values[places]

            @staticmethod
            def backward(ctx, grad):
                (places,) = ctx.saved_tensors
                found = grad.new_zeros(ctx.count)
                found.index_add_(0, places, grad)
                return found, None

        class Kernel(torch.autograd.Function):
            @staticmethod
            def forward(ctx, values):
                return extension.forward(values)

            @staticmethod
            def backward(ctx, grad):
                found = torch.zeros_like(grad)
                extension.backward(grad, found)
                return found

        class Ones(torch.autograd.Function):
            @staticmethod
            def forward(ctx, values):
                ctx.save_for_backward(values)
                return values.relu()

            @staticmethod
            def backward(ctx, grad):
                (values,) = ctx.saved_tensors
                found = torch.zeros_like(grad)
                found[values > 0] = 1.0
                return found * grad

        def signs_loss(pred, places, target):
            chosen = Filled.apply(pred, places)
            return F.mse_loss(Sign.apply(pred), target) + Kernel.apply(chosen).sum() + Ones.apply(pred).sum()
    """)


def test_none_for_what_forward_computes_with() -> None:
    check("""
        class Scaled(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x, scale):
                ctx.save_for_backward(x, scale)
                return x.relu() * scale

            @staticmethod
            def backward(ctx, grad):
                x, scale = ctx.saved_tensors
                return grad * (x > 0) * scale, None  # want CR602 "None for `scale`, which `forward` computes"

        class Masked(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x, mask):
                ctx.save_for_backward(mask)
                return x * mask

            @staticmethod
            def backward(ctx, grad):
                (mask,) = ctx.saved_tensors
                return grad * mask, None

        def scaled_loss(pred, scale):
            return Scaled.apply(pred, scale).mean()

        def masked_loss(pred, mask):
            return Masked.apply(pred, mask).mean()
    """)


def test_a_gradient_without_a_derivative() -> None:
    check("""
        from torch.autograd.function import once_differentiable

        class Cube(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                ctx.save_for_backward(x)
                return x**3

            @staticmethod
            @once_differentiable  # want CR602 "no derivative"
            def backward(ctx, grad):
                (x,) = ctx.saved_tensors
                return 3 * x**2 * grad

        def force_loss(points, target):
            (force,) = torch.autograd.grad(Cube.apply(points).sum(), points, create_graph=True)
            return F.mse_loss(force, target)

        def energy_loss(points, target):
            return F.mse_loss(Cube.apply(points), target)
    """)


def test_a_function_that_is_made_of_its_input() -> None:
    check("""
        class Double(torch.autograd.Function):
            @staticmethod
            def forward(ctx, values):
                return values * 2

            @staticmethod
            def backward(ctx, grad):
                return grad * 2

        def doubled_loss(pred):
            return Double(pred).mean()  # want CR604 "`Double.apply"
    """)


def test_an_output_that_is_marked() -> None:
    check("""
        class Marked(torch.autograd.Function):
            @staticmethod
            def forward(ctx, values):
                out = values.relu()
                ctx.mark_non_differentiable(out)  # want CR602 "the only output"
                return out

            @staticmethod
            def backward(ctx, grad):
                return grad

        class Beside(torch.autograd.Function):
            @staticmethod
            def forward(ctx, values):
                best, places = values.max(-1)
                ctx.mark_non_differentiable(places)
                return best, places

            @staticmethod
            def backward(ctx, grad, _):
                return grad[:, None]

        def marked_loss(pred):
            return Marked.apply(pred).mean()

        def best_loss(pred):
            return Beside.apply(pred)[0].mean()
    """)


def test_class_methods() -> None:
    check("""
        class Scale(torch.autograd.Function):
            @classmethod
            def forward(cls, ctx, values, dim):
                ctx.dim = dim
                return values * 2

            @classmethod
            def backward(cls, ctx, grad):
                return grad * 2, None

        def scaled_loss(pred):
            return Scale.apply(pred, -1).mean()
    """)


def test_too_few_gradients_of_a_class_method() -> None:
    check("""
        class Scale(torch.autograd.Function):
            @classmethod
            def forward(cls, ctx, values, factor):
                return values * factor

            @classmethod
            def backward(cls, ctx, grad):
                return grad * 2  # want CR602 "returns 1 gradient, but `forward` takes 2 inputs"

        def scaled_loss(pred):
            return Scale.apply(pred, 2.0).mean()
    """)


def test_gradients_in_tuples_of_an_unknown_length() -> None:
    check("""
        class Shared(torch.autograd.Function):
            @classmethod
            def forward(cls, ctx, values, target, alpha):
                return values * 2

            @classmethod
            def backward(cls, ctx, grad):
                found = (grad * 2,)
                return found + (None,) * (1 + cls.extra)

        class Exchange(torch.autograd.Function):
            @staticmethod
            def forward(ctx, rank, group, values):
                return values * 2

            @staticmethod
            def backward(ctx, *grads):
                return (None, None) + Exchange.apply(ctx.rank, ctx.group, *grads)
    """)


def test_an_inherited_backward() -> None:
    check("""
        class Base(torch.autograd.Function):
            @staticmethod
            def forward(ctx, values, factor):
                return values * factor

            @staticmethod
            def backward(ctx, grad):
                return grad  # want CR602 "returns 1 gradient"

        class HeirFunction(Base):
            name = "heir"

        class OtherFunction(Base):
            @staticmethod
            def forward(ctx, values, factor, bias):  # want CR602 "takes 3 inputs"
                return values * factor + bias
    """)


def test_a_function_that_is_given_a_function() -> None:
    check("""
        class Surrogate(torch.autograd.Function):
            @staticmethod
            def forward(ctx, values, slope_function):
                ctx.slope_function = slope_function
                ctx.save_for_backward(values)
                return (values > 0).float()

            @staticmethod
            def backward(ctx, grad):
                (values,) = ctx.saved_tensors
                return ctx.slope_function(values, grad), None

        def spike_loss(pred, slope_function):
            return Surrogate.apply(pred, slope_function).mean()
    """)


def test_memory_that_is_written_again_where_nothing_is_recorded() -> None:
    check("""
        class Covariance(torch.autograd.Function):
            @staticmethod
            def forward(ctx, points, scale, distance):
                decay = distance(points, points).neg_().exp_()
                covariance = decay.mul_(scale)
                ctx.save_for_backward(covariance)
                return covariance

            @staticmethod
            def backward(ctx, grad):
                (covariance,) = ctx.saved_tensors
                return None, grad * covariance, None
    """)


def test_memory_that_is_written_again_outside_of_a_function() -> None:
    check("""
        def covariance_loss(points, scale, distance):
            decay = distance(points, points).neg_().exp_()
            return decay.mul_(scale).sum()  # want CR501
    """)


def test_zeros_for_what_forward_computes_with() -> None:
    check("""
        class Compand(torch.autograd.Function):
            @staticmethod
            def forward(ctx, raw, gain):
                out = torch.tanh(gain * raw)
                ctx.save_for_backward(out, gain)
                return out

            @staticmethod
            def backward(ctx, grad):
                out, gain = ctx.saved_tensors
                return grad * (1 - out * out) * gain, torch.zeros_like(gain)  # want CR602 "zeros for `gain`"

        def meter_loss(raw, gain, heard):
            return (Compand.apply(raw, gain) - heard).square().mean()

        class Gate(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x, mask):
                ctx.save_for_backward(mask)
                return x * mask

            @staticmethod
            def backward(ctx, grad):
                (mask,) = ctx.saved_tensors
                return grad * mask, torch.zeros_like(mask)

        def masked_loss(x, mask, y):
            return (Gate.apply(x, mask) - y).square().mean()
    """)
