"""What backward leaves in `.grad`, and who has none."""

from __future__ import annotations

from flow.checking import check


def test_a_gradient_in_a_loss_term() -> None:
    check("""
        class Potential(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Sequential(nn.Linear(3, 8), nn.SiLU(), nn.Linear(8, 1))

            def force_loss(self, positions, forces):
                positions = positions.clone().requires_grad_(True)
                energy = self.net(positions).sum()
                energy.backward(retain_graph=True)  # want CR118 "create_graph"
                return F.mse_loss(-positions.grad, forces) + energy

            def curved_loss(self, positions, forces):
                positions = positions.clone().requires_grad_(True)
                energy = self.net(positions).sum()
                energy.backward(create_graph=True)
                return F.mse_loss(-positions.grad, forces) + energy
    """)


def test_gradients_that_only_move_something() -> None:
    check("""
        def attack_loss(net, x, y):
            x = x.clone().requires_grad_(True)
            F.cross_entropy(net(x), y).backward()
            moved = x.detach() + 0.1 * x.grad.sign()
            return F.cross_entropy(net(moved), y)

        def descend(points, target):
            weight = torch.zeros(3, requires_grad=True)
            for _ in range(10):
                loss = F.mse_loss(points @ weight, target)
                loss.backward()
                with torch.no_grad():
                    weight -= 0.1 * weight.grad
                    weight.grad.zero_()
    """)


def test_an_attribute_made_of_a_leaf_that_nobody_keeps() -> None:
    check("""
        class Decoder:
            def __init__(self, count, width):
                codes = torch.randn(count, width, requires_grad=True)
                self.codes = codes * 0.01  # want CR117
                self.net = nn.Linear(width, 1)

            def parameters(self):
                return [self.codes, *self.net.parameters()]

            def fit_loss(self, index, wanted):
                return F.mse_loss(self.net(self.codes[index]), wanted)

        class Kept:
            def __init__(self, count, width):
                self.raw = torch.randn(count, width, requires_grad=True)
                self.codes = self.raw[:2]
                self.optimiser = torch.optim.Adam([self.raw])

            def fit_loss(self, index, wanted):
                return F.mse_loss(self.codes[index], wanted)

        class Fixed:
            def __init__(self, count, width):
                noise = torch.randn(count, width, requires_grad=True)
                self.noise = noise[1:]

            def fit_loss(self, pred, wanted):
                return F.mse_loss(pred + self.noise, wanted)
    """)


def test_parameters_that_a_container_holds() -> None:
    check("""
        class Mix(nn.Module):
            def __init__(self, kinds, optimiser=None):
                super().__init__()
                self.skip = nn.ParameterDict({kind: nn.Parameter(torch.ones(1)) for kind in kinds})
                self.levels = nn.ParameterList([nn.Parameter(torch.linspace(0, 1, n)) for n in (3, 5)])
                if optimiser is not None:
                    self.optimiser = optimiser(self.levels)

            def forward(self, x, kind):
                level = self.levels[0].mean()
                alpha = self.skip[kind].sigmoid()
                return alpha * x + (1 - alpha) * level
    """)


def test_derivatives_of_functions() -> None:
    check("""
        from torch.autograd.functional import hessian, hvp, jacobian, jvp, vjp

        class Flow(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Linear(4, 4)

            def jacobian_loss(self, x):
                return jacobian(self.net, x).square().sum()  # want CR118

            def hessian_loss(self, x):
                return hessian(lambda t: self.net(t).sum(), x).square().sum()  # want CR118

            def pushed_loss(self, x, v):
                _, tangent = jvp(self.net, x, v)  # want CR118
                return (tangent - v).square().mean()

            def pulled_loss(self, x, v):
                found, pulled = vjp(self.net, x, v)  # want CR118
                return (pulled * v).sum() + found.mean()

            def curved_loss(self, x, v):
                return hvp(lambda t: self.net(t).sum(), x, v)[1].square().sum()  # want CR118

            def kept_loss(self, x, v):
                _, tangent = jvp(self.net, x, v, create_graph=True)
                found = jacobian(self.net, x, True)
                return (tangent - v).square().mean() + found.square().sum()
    """)


def test_maps_of_saliency() -> None:
    check("""
        def saliency(model, image, label):
            image.requires_grad_()
            model(image)[0, label].backward()
            return image.grad.abs().amax(1)

        def class_activation(net, head, x, label):
            found = net(x)
            found.retain_grad()
            head(found.mean((2, 3)))[:, label].sum().backward()
            return (found.grad.mean((2, 3), keepdim=True) * found).sum(1)

        def descent(points, target):
            points = points.clone().requires_grad_()
            F.mse_loss(points, target).backward()
            return points - 0.1 * points.grad
    """)


def test_the_gradient_of_a_result_is_read() -> None:
    check("""
        def saliency(model, image, label):
            image = image.requires_grad_().double()  # want CR117 "`image` is a result"
            model(image)[0, label].backward()
            return image.grad.abs().amax(1)

        def class_activation(net, head, x, label):
            found = net(x)
            head(found.mean((2, 3)))[:, label].sum().backward()
            return found.grad.mean((2, 3), keepdim=True)  # want CR117 "`found` is a result"

        def of_a_leaf(net, x):
            delta = torch.autograd.Variable(x.detach().clone(), requires_grad=True)
            net(delta).sum().backward()
            return delta.grad.sign()
    """)


def test_leaves_of_objects() -> None:
    check("""
        class Prompt(nn.Module):
            def __init__(self, count, width, device):
                super().__init__()
                self.tokens = nn.Parameter(torch.randn(count, width)).to(device)  # want CR117
                self.scaled = nn.Parameter(torch.randn(count, width) * 0.02)

            def forward(self, x):
                return torch.cat([self.tokens, self.scaled, x])

        class Start:
            def __init__(self, image, device):
                start = image.clone() + 0.1 * torch.randn_like(image)
                self.image = start.requires_grad_(True).to(device)  # want CR117

            def style_loss(self, target):
                return F.mse_loss(self.image, target)

        class Moved:
            def __init__(self, count, where):
                self.points = torch.rand(count, 3, requires_grad=True)
                self.move(where)

            def move(self, where):
                self.points = self.points.to(where)  # want CR117

            def fit_loss(self, target):
                return F.mse_loss(self.points, target)
    """)


def test_edits_of_leaves() -> None:
    check("""
        def descend(model, rate):
            for p in model.parameters():
                p.sub_(rate * p.grad)  # want CR502

        def descend_quietly(model, rate):
            with torch.no_grad():
                for p in model.parameters():
                    p.sub_(rate * p.grad)

        def inside(image, radius):
            return image.clamp_(-radius, radius)  # want CR502

        def attack(photo, net, wanted):
            image = photo.clone().requires_grad_()
            F.cross_entropy(net(inside(image, 1.0)), wanted).backward()
            return image.detach()
    """)


def test_edits_of_arguments() -> None:
    check("""
        def schedule_loss(dose, kernel, wanted):
            dose[dose < 0] = 0.0  # want CR502 "if it is a leaf"
            return (dose * kernel - wanted).pow(2).mean()

        def copied_loss(dose, kernel, wanted):
            dose = dose.clone()
            dose[dose < 0] = 0.0
            return (dose * kernel - wanted).pow(2).mean()

        def ignored_loss(pred, target):
            target[target < 0] = 0.0
            return (pred - target).pow(2).mean()

        def projected(cost, steps):
            shares = torch.full((5,), 0.2, requires_grad=True)
            for _ in range(steps):
                loss = (shares * cost).sum() + (shares * (shares + 1e-8).log()).sum()
                loss.backward()
                with torch.no_grad():
                    shares.sub_(0.1 * shares.grad)
                    shares.div_(shares.sum())
            return shares.detach()
    """)


def test_a_weight_made_of_gradients() -> None:
    check("""
        class Balanced(nn.Module):
            def __init__(self):
                super().__init__()
                self.last = nn.Linear(3, 6)

            def balance(self, one, other):
                a = torch.autograd.grad(one, self.last.weight, retain_graph=True)[0]
                b = torch.autograd.grad(other, self.last.weight, retain_graph=True)[0]
                return (a.norm() / (b.norm() + 1e-4)).detach()
    """)


def test_a_derivative_beside_a_term_that_trains_the_same() -> None:
    check("""
        class Field(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Linear(2, 1)

            def training_loss(self, x, level, measured):
                x = x.clone().requires_grad_(True)
                potential = self.net(x).square()
                (pull,) = torch.autograd.grad(potential.sum(), x, retain_graph=True)  # want CR118 "this term"
                return (potential - level).square().mean() + (pull - measured).square().mean()
    """)


def test_a_derivative_by_a_slice_that_the_value_is_not_computed_from() -> None:
    check("""
        def residual_loss(net, xt):
            xt.requires_grad_(True)
            x, t = xt[:, 0:1], xt[:, 1:2]
            u = net(xt)
            u_t = torch.autograd.grad(u.sum(), t, create_graph=True)[0]  # want CR117 "`t` is no part"
            u_x = torch.autograd.grad(u.sum(), [x], create_graph=True)[0]  # want CR117 "`x` is no part"
            return (u_t - u_x).pow(2).mean()
    """)


def test_a_derivative_by_coordinates_that_are_put_together() -> None:
    check("""
        def residual_loss(net, xt):
            x, t = xt[:, 0:1].requires_grad_(), xt[:, 1:2].requires_grad_()
            u = net(torch.cat([x, t], dim=1))
            u_t, u_x = torch.autograd.grad(u.sum(), [t, x], create_graph=True)
            u_xx = torch.autograd.grad(u_x.sum(), x, create_graph=True)[0]
            return (u_t - u_xx).pow(2).mean()
    """)


def test_a_derivative_that_may_be_unused() -> None:
    check("""
        def residual_loss(net, xt):
            xt.requires_grad_(True)
            x = xt[:, 0:1]
            u = net(xt)
            u_x = torch.autograd.grad(u.sum(), x, create_graph=True, allow_unused=True)[0]
            return (u - 1).pow(2).mean()
    """)


def test_an_attack_that_moves_its_leaf_by_data() -> None:
    check("""
        def pgd(model, x, y, eps=0.1):
            delta = torch.zeros_like(x, requires_grad=True)
            delta.data.uniform_(-eps, eps)
            for _ in range(3):
                F.cross_entropy(model(x + delta), y).backward()
                delta.data = (delta + 0.03 * delta.grad.detach().sign()).clamp(-eps, eps)
                delta.grad.zero_()
            return delta.detach()
    """)


def test_an_attack_on_a_leaf_that_was_scaled() -> None:
    check("""
        def pgd(model, x, y):
            delta = torch.rand_like(x, requires_grad=True) * 0.1  # want CR117 "`delta` is a result here"
            F.cross_entropy(model(x + delta), y).backward()
            return delta.grad.sign()
    """)


def test_an_attack_hands_over_what_is_no_leaf() -> None:
    check("""
        net = nn.Linear(6, 3)

        class Attack:
            def __init__(self, predict, eps=0.3):
                self.predict, self.eps = predict, eps

            def perturb(self, x, y):
                adv = x.detach().clone().requires_grad_()
                loss = F.cross_entropy(self.predict(adv), y)
                loss.backward()
                step = adv.grad.detach().sign()
                adv = adv + self.eps * step
                return adv.clamp(0, 1)

        x, y = torch.rand(4, 6), torch.randint(0, 3, (4,))
        adv = Attack(net).perturb(x, y)
        adv.requires_grad_(True)
        loss = F.cross_entropy(net(adv), y)
        loss.backward()
        print(adv.grad.abs().mean())  # want CR117 "`adv` is a result here"
    """)


def test_the_name_of_a_leaf_that_is_bound_anew_before_the_next_round() -> None:
    check("""
        def fgsm(net, adv, y, eps):
            adv = adv.detach().clone().requires_grad_()
            for _ in range(3):
                loss = F.cross_entropy(net(adv), y)
                loss.backward()
                adv = adv + eps * adv.grad.sign()  # want CR117 "`adv` is a result here"
            return adv
    """)


def test_a_derivative_with_gradients_off() -> None:
    check("""
        class Guide(nn.Module):
            def __init__(self):
                super().__init__()
                self.value = nn.Linear(4, 1)

            def guide(self, x):
                with torch.no_grad():  # want CR102 "switches gradients off"
                    x = x.detach().requires_grad_()
                    return x + torch.autograd.grad(self.value(x).sum(), x)[0]

            @torch.no_grad()
            def recorded(self, x):
                with torch.enable_grad():
                    x = x.detach().requires_grad_()
                    step = torch.autograd.grad(self.value(x).sum(), x)[0]
                return x + step

            @torch.no_grad()
            def elsewhere(self, x):
                return x + torch.autograd.grad(self.energy(x), x)[0]
    """)


def test_adapted_weights_that_forget_the_derivative_they_were_made_with() -> None:
    check("""
        class Meta(nn.Module):
            def __init__(self):
                super().__init__()
                self.w = nn.Parameter(torch.randn(3, 1))

            def adapt(self, x, y):
                fast = self.w.clone()
                for _ in range(2):
                    (g,) = torch.autograd.grad(F.mse_loss(x @ fast, y), fast, create_graph=True)
                    fast = (fast - 0.1 * g).detach().requires_grad_()  # want CR101 "`self.w`"
                return fast

            def meta_loss(self, support, query):
                x, y = query
                return F.mse_loss(x @ self.adapt(*support), y)

        class Reptile(nn.Module):
            def __init__(self):
                super().__init__()
                self.w = nn.Parameter(torch.randn(3, 1))

            def step(self, x, y):
                fast = self.w.clone()
                for _ in range(2):
                    (g,) = torch.autograd.grad(F.mse_loss(x @ fast, y), fast)
                    fast = (fast - 0.1 * g).detach().requires_grad_()
                with torch.no_grad():
                    self.w += 0.1 * (fast - self.w)
                return F.mse_loss(x @ fast, y)

        def adversarial_loss(model, x, y, eps=0.1):
            adv = x.clone().requires_grad_()
            for _ in range(3):
                (g,) = torch.autograd.grad(F.cross_entropy(model(adv), y), adv, create_graph=True)
                adv = (adv + eps * g.sign()).detach().requires_grad_()
            return F.cross_entropy(model(adv), y)
    """)


def test_functions_that_torch_func_makes_of_others() -> None:
    check("""
        from torch.func import grad, grad_and_value, jacrev, vmap

        class Score(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Sequential(nn.Linear(2, 8), nn.Softplus(), nn.Linear(8, 1))

            def energy(self, x):
                return self.net(x.detach()).squeeze(-1)  # want CR101 "self.net.0.weight"

            def loss(self, x, noise, sigma=0.1):
                score = vmap(grad(lambda p: -self.energy(p)))(x + sigma * noise)
                return (score + noise / sigma).pow(2).sum(-1).mean()

        def slope_loss(model, x, slope):
            def u(p):
                return model(p).argmax(1).float()  # want CR104 "model"
            return (jacrev(u)(x) - slope).square().mean()

        def both_loss(model, x, slope):
            du, value = grad_and_value(lambda p: torch.tanh(model(p)).sum())(x)
            return (du - slope).square().mean() + value.detach()

        def aux_loss(model, x, slope):
            def u(p):
                out = model(p)
                return out.sum(), out.detach()
            du, out = grad(u, has_aux=True)(x)
            return (du - slope).square().mean()
    """)
