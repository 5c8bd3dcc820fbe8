"""CR110 and CR101: copies of networks, and calls with other parameters than a network's own."""

from __future__ import annotations

from flow.checking import check


def test_a_copy_that_is_trained_in_place_of_the_network() -> None:
    check("""
        from copy import deepcopy

        def train_step(model, batch, optimizer):
            x, y = batch
            fast = deepcopy(model)  # want CR110
            loss = F.cross_entropy(fast(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

        class Replicated(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Linear(4, 2)

            def fit_loss(self, x, y):
                twins = [deepcopy(self.net) for _ in range(2)]  # want CR110
                return F.cross_entropy(torch.cat([twin(part) for twin, part in zip(twins, x.chunk(2))]), y)
    """)


def test_copies_that_are_meant() -> None:
    check("""
        import copy

        class MeanTeacher(nn.Module):
            def __init__(self, net):
                super().__init__()
                self.net = net
                self.teacher = copy.deepcopy(net)

            def fit_loss(self, x, noise):
                with torch.no_grad():
                    wanted = self.teacher(x)
                return F.mse_loss(self.net(x + noise), wanted)

        def inner_loop_loss(model, x, y, rate):
            fast = copy.deepcopy(model)
            inner = torch.optim.SGD(fast.parameters(), lr=rate)
            loss = F.mse_loss(fast(x), y)
            inner.zero_grad()
            loss.backward()
            inner.step()
            return loss.item()

        def first_order_loss(model, x, y):
            fast = copy.deepcopy(model)
            loss = F.mse_loss(fast(x), y)
            grads = torch.autograd.grad(loss, list(fast.parameters()))
            for own, found in zip(model.parameters(), grads):
                own.grad = found
            return loss

        def frozen_copy_loss(model, student, x):
            teacher = copy.deepcopy(model)
            with torch.no_grad():
                wanted = teacher(x)
            return F.mse_loss(student(x), wanted)
    """)


def test_functional_call() -> None:
    check("""
        from torch.func import functional_call

        def state_loss(model, x, y):
            return F.mse_loss(functional_call(model, model.state_dict(), (x,)), y)  # want CR101 "state_dict"

        def outer_loss(model, x, y, rate=0.1):
            own = dict(model.named_parameters())
            grads = torch.autograd.grad(F.mse_loss(functional_call(model, own, (x,)), y), own.values())
            fast = {name: p - rate * g for (name, p), g in zip(own.items(), grads)}
            return F.mse_loss(functional_call(model, fast, (x,)), y)
    """)


def test_the_parameters_of_a_copy() -> None:
    check("""
        import copy

        class Meta(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Linear(3, 1)

            def adapt(self, x, y):
                fast = copy.deepcopy(self.net)  # want CR110 "self.net.weight"
                grads = torch.autograd.grad(F.mse_loss(fast(x), y), fast.parameters(), create_graph=True)
                return [p - 0.1 * g for p, g in zip(fast.parameters(), grads)]

            def outer_loss(self, support, query):
                weight, bias = self.adapt(*support)
                x, y = query
                return F.mse_loss(F.linear(x, weight, bias), y)
    """)


def test_a_copy_that_an_optimiser_moves() -> None:
    check("""
        import copy

        def reptile_step(net, x, y):
            fast = copy.deepcopy(net)
            optimiser = torch.optim.SGD(fast.parameters(), lr=0.01)
            F.mse_loss(fast(x), y).backward()
            optimiser.step()
            with torch.no_grad():
                for slow, quick in zip(net.parameters(), fast.parameters()):
                    slow.add_(0.1 * (quick - slow))
    """)


def test_a_copy_of_a_container_of_layers() -> None:
    check("""
        import copy

        class Meta:
            def __init__(self):
                self.model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))

            def adapt(self, model, x, y):
                fast = copy.deepcopy(model)  # want CR110 "self.model.2.weight"
                loss = F.mse_loss(fast(x), y)
                grads = torch.autograd.grad(loss, fast.parameters(), create_graph=True)
                for p, g in zip(fast.parameters(), grads):
                    p.data -= 0.1 * g
                return fast

            def meta_loss(self, sx, sy, qx, qy):
                return F.mse_loss(self.adapt(self.model, sx, sy)(qx), qy)
    """)


def test_methods_that_make_copies() -> None:
    check("""
        import copy

        class Averaged(nn.Module):
            def __init__(self):
                super().__init__()
                self.online = nn.Linear(3, 3)
                self.target = self.make_target()

            def make_target(self):
                target = copy.deepcopy(self.online)
                for parameter in target.parameters():
                    parameter.requires_grad = False
                return target

            def loss(self, x):
                with torch.no_grad():
                    wanted = self.target(x)
                return F.mse_loss(self.online(x), wanted)
    """)


def test_stacked_parameters_are_new_leaves() -> None:
    check("""
        def ensemble_loss(models, x, y):
            params, buffers = torch.func.stack_module_state(models)  # want CR110

            def call(p, b, x):
                return torch.func.functional_call(models[0], (p, b), (x,))

            out = torch.vmap(call, in_dims=(0, 0, None))(params, buffers, x)
            return F.mse_loss(out.mean(0), y)
    """)


def test_stacked_parameters_that_are_trained_themselves() -> None:
    check("""
        def fit(models, x, y):
            params, buffers = torch.func.stack_module_state(models)
            optimizer = torch.optim.Adam(params.values())

            def call(p, b, x):
                return torch.func.functional_call(models[0], (p, b), (x,))

            out = torch.vmap(call, in_dims=(0, 0, None))(params, buffers, x)
            loss = F.mse_loss(out.mean(0), y)
            loss.backward()
            optimizer.step()

        class Ensemble:
            def __init__(self, models):
                self.base = models[0]
                self.params, self.buffers = torch.func.stack_module_state(models)

            def loss(self, x, y):
                def call(p, b):
                    return torch.func.functional_call(self.base, (p, b), (x,))

                return F.mse_loss(torch.vmap(call)(self.params, self.buffers).mean(0), y)
    """)
