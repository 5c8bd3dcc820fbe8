"""Networks that a step is given: which class of the file they are, and what of them an optimiser moves."""

from __future__ import annotations

from flow.checking import check

NET = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.stem, self.head = nn.Linear(5, 3), nn.Linear(3, 3)

        def forward(self, x):
            h = self.stem(x)
            return self.head(h.detach())  # want CR101 "stem.weight"
"""
STEP = """
        for x, y in loader:
            loss = F.mse_loss(model(x), y)
            opt.zero_grad()
            loss.backward()
            opt.step()
"""


def test_the_only_network_of_a_file_is_the_model() -> None:
    check(f"{NET}\n    def train(model, loader, opt):{STEP}")


def test_a_network_that_the_calls_of_a_file_give() -> None:
    check(f"""{NET}
    class Other(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(5, 3)

        def forward(self, x):
            return self.fc(x).detach()

    def train(model, loader):
        opt = torch.optim.Adam(model.parameters()){STEP}

    def main(loader):
        net = Net().to("cpu")
        train(net, loader)
    """)


def test_a_network_that_a_trainer_is_given() -> None:
    check("""
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(5, 3)

            def forward(self, x):
                return self.fc(x).argmax(-1).float()  # want CR104 "fc.weight"

        class Trainer:
            def __init__(self, model):
                self.model = model
                self.opt = torch.optim.Adam(model.parameters())

            def step(self, x, y):
                loss = F.mse_loss(self.model(x), y)
                self.opt.zero_grad()
                loss.backward()
                self.opt.step()
    """)


def test_which_of_two_networks_is_not_known() -> None:
    check(f"""
    class Probe(nn.Module):
        def __init__(self):
            super().__init__()
            self.stem, self.head = nn.Linear(5, 3), nn.Linear(3, 3)

        def forward(self, x):
            return self.head(self.stem(x).detach())

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(5, 3)

        def forward(self, x):
            return self.fc(x)

    def train(model, loader, opt):{STEP}
    """)


def test_a_teacher_is_not_the_only_network() -> None:
    check("""
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(5, 3)

            @torch.no_grad()
            def forward(self, x):
                return self.fc(x)

        def distil(teacher, student, loader, opt):
            for x in loader:
                loss = F.mse_loss(student(x), teacher(x))
                opt.zero_grad()
                loss.backward()
                opt.step()
    """)


def test_parts_of_parts_are_optimised() -> None:
    check("""
        class Block(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(3, 3)

            def forward(self, x):
                return x + self.fc(x).round()  # want CR201 "model.block.fc.weight"

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.stem, self.block = nn.Linear(5, 3), Block()

            def forward(self, x):
                return self.block(self.stem(x))

        model = Net()
        opt = torch.optim.SGD(model.parameters(), lr=0.1)
        loss = F.mse_loss(model(torch.randn(4, 5)), torch.rand(4, 3))
        loss.backward()
        opt.step()
    """)


def test_two_networks_in_one_optimiser() -> None:
    check("""
        def train(enc, dec, batches):
            opt = torch.optim.Adam(list(enc.parameters()) + list(dec.parameters()))
            for x, y in batches:
                z = enc(x).clone().detach()  # want CR101 "`enc`"
                loss = F.mse_loss(dec(z), y)
                opt.zero_grad()
                loss.backward()
                opt.step()

        def probe(enc, dec, batches):
            opt = torch.optim.Adam(dec.parameters())
            for x, y in batches:
                loss = F.mse_loss(dec(enc(x).detach()), y)
                opt.zero_grad()
                loss.backward()
                opt.step()
    """)


def test_a_network_that_is_handed_on() -> None:
    check(f"""{NET}
    class Other(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(5, 3)

        def forward(self, x):
            return self.fc(x).detach()

    def train(model, loader):
        opt = torch.optim.Adam(model.parameters()){STEP}

    def main(regressor, loader):
        train(regressor, loader)

    if __name__ == "__main__":
        main(Net(), [])
    """)


def test_what_is_called_and_trained_is_the_only_network() -> None:
    check("""
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(5, 3)

            def forward(self, x):
                return torch.tensor(self.fc(x).tolist())  # want CR105 "regressor.fc.weight"

        def train(regressor, loader, opt):
            regressor.train()
            for x, y in loader:
                loss = F.mse_loss(regressor(x), y)
                opt.zero_grad()
                loss.backward()
                opt.step()
    """)


def test_a_critic_is_no_generator() -> None:
    check("""
        class Generator(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(5, 3)

            @torch.no_grad()
            def forward(self, x):
                return self.fc(x)

        def critic_step(critic, opt, real, fake):
            loss = (critic(fake) - critic(real)).mean()
            opt.zero_grad()
            loss.backward()
            opt.step()
    """)


def test_a_part_of_a_part_that_nothing_trains() -> None:
    check("""
        class Inner(nn.Module):
            def __init__(self):
                super().__init__()
                self.stem, self.body = nn.Linear(5, 3), nn.Linear(3, 3)

            def forward(self, x):
                h = self.stem(x)
                return h + self.body(h).detach()  # want CR101 "self.inner.body.weight"

        class Outer(nn.Module):
            def __init__(self):
                super().__init__()
                self.inner = Inner()

            def training_step(self, batch, index):
                x, y = batch
                return F.mse_loss(self.inner(x), y)

        class Fixed(nn.Module):
            def __init__(self):
                super().__init__()
                self.base = Inner()
                self.base.requires_grad_(False)
                self.head = nn.Linear(3, 3)

            def training_step(self, batch, index):
                x, y = batch
                return F.mse_loss(self.head(self.base(x)), y)
    """)


def test_what_a_call_of_a_network_gives_is_not_none() -> None:
    check("""
        def fit(model, batches, opt):
            for x, y in batches:
                made = model(x)
                if (kept := made) is not None:
                    out = kept
                loss = F.mse_loss(out, y)
                opt.zero_grad()
                loss.backward()
                opt.step()
    """)


def test_a_namespace_holds_what_it_was_made_with() -> None:
    check("""
        from types import SimpleNamespace

        def train(pred, target):
            state = SimpleNamespace(loss=F.mse_loss(pred.detach(), target))  # want CR101 "`pred`"
            state.loss.backward()

        def fit(pred, target):
            state = SimpleNamespace(loss=F.mse_loss(pred, target))
            loss = state.loss
            print(float(loss))
            loss.backward()
    """)


KINETICS = """
    class Clearance(nn.Module):
        def __init__(self):
            super().__init__()
            self.rate = nn.Parameter(torch.tensor(0.4))
            self.dose = nn.Parameter(torch.tensor(1.2))

        def left_after(self, t):
            return self.dose * math.exp(-self.rate * t){}
"""


def test_a_network_by_the_methods_that_are_called_of_it() -> None:
    wanted = '  # want CR105 "patient.rate"'
    check(f"""
    import math
    {KINETICS.format(wanted)}
    def misfit(patient, times, seen):
        pred = torch.stack([patient.left_after(t) for t in times])
        return (torch.log1p(pred) - torch.log1p(seen)).pow(2).sum()
    """)


def test_methods_of_two_arguments_or_of_two_classes_tell_nothing() -> None:
    check(f"""
    import math
    {KINETICS.format("")}
    def gap(one, other, times):
        a = torch.stack([one.left_after(t) for t in times])
        b = torch.stack([other.left_after(t) for t in times])
        return (a - b).pow(2).sum()
    """)
    check(f"""
    import math
    {KINETICS.format("")}
    {KINETICS.format("").replace("Clearance", "Twofold")}
    def misfit(patient, times, seen):
        pred = torch.stack([patient.left_after(t) for t in times])
        return (pred - seen).pow(2).sum()
    """)


def test_an_argument_that_is_called_is_the_one_network() -> None:
    check("""
        class Crowd(nn.Module):
            def __init__(self):
                super().__init__()
                self.rate = nn.Parameter(torch.tensor(0.3))

            def forward(self, steps):
                level = torch.ones(())
                curve = []
                for _ in range(steps):
                    level = level * self.rate
                    curve.append(level.round())  # want CR201 "sim.rate"
                return torch.stack(curve)

        def fit(sim, seen):
            return ((sim(len(seen)) - seen) ** 2).mean()

        def shifted(f, seen):
            return ((f(seen) - seen) ** 2).mean()

        def fit_by(optimise, seen):
            crowd = Crowd()
            crowd.rate.data.fill_(0.5)
            return optimise(crowd, seen).sum()
    """)


def test_an_argument_that_is_called_like_what_the_script_makes() -> None:
    check("""
        gen = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 6))
        dis = nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 1))
        gen_opt = torch.optim.RMSprop(gen.parameters(), lr=1e-4)
        dis_opt = torch.optim.RMSprop(dis.parameters(), lr=1e-4)

        def update(gen, dis, real):
            fake = gen(torch.randn(real.size(0), 3))
            judged = dis(fake)
            d_loss = F.relu(1.0 - dis(real)).mean() + F.relu(1.0 + judged).mean()
            dis_opt.zero_grad()
            d_loss.backward(retain_graph=True)
            dis_opt.step()  # want CR501
            g_loss = -judged.mean()
            gen_opt.zero_grad()
            g_loss.backward()
            gen_opt.step()

        def update_in_turn(gen, dis, real):
            fake = gen(torch.randn(real.size(0), 3))
            d_loss = F.relu(1.0 - dis(real)).mean() + F.relu(1.0 + dis(fake.detach())).mean()
            dis_opt.zero_grad()
            d_loss.backward()
            dis_opt.step()
            g_loss = -dis(fake).mean()
            gen_opt.zero_grad()
            g_loss.backward()
            gen_opt.step()
    """)


def test_a_criterion_is_no_network_to_train() -> None:
    check("""
        class Criterion(nn.Module):
            def __init__(self, weight=1.0):
                super().__init__()
                self.weight = weight

            def forward(self, a, b):
                return self.weight * F.mse_loss(a, b)

        def train_loop(regressor, loader, optim, loss_func):
            regressor.train()
            for obs, y in loader:
                optim.zero_grad()
                x = torch.floor(regressor(obs) * 4)  # want CR201 "regressor"
                loss = loss_func(x, y)
                loss.backward()
                optim.step()
    """)


def test_a_network_that_is_annotated_as_any_module() -> None:
    check("""
        class Chooser(nn.Module):
            def __init__(self):
                super().__init__()
                self.gate = nn.Linear(4, 3)
                self.register_buffer("table", torch.rand(3, 2))

            def forward(self, x):
                return self.table[self.gate(x).argmax(-1)]  # want CR104 "model.gate.weight"

        def fit(model: nn.Module, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
            return F.mse_loss(model(x), y)
    """)


def test_networks_in_a_record() -> None:
    check("""
        from typing import NamedTuple

        class Body(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(3, 4)

            def forward(self, x):
                return self.fc(x).round()  # want CR201 "nets.body.fc.weight"

        class Nets(NamedTuple):
            body: Body
            head: nn.Module

        def joint_objective(nets: Nets, x, y):
            return F.cross_entropy(nets.head(nets.body(x)), y)
    """)


def test_networks_by_key_are_several() -> None:
    check("""
        def cycle_loss(nets, a):
            there = nets["ab"](a)
            back = nets["ba"](there.data)  # want CR101 "nets.ab"
            return (back - a).abs().mean()

        def sound_cycle_loss(nets, a):
            return (nets["ba"](nets["ab"](a)) - a).abs().mean()

        def distil_loss(nets, x):
            return F.mse_loss(nets["student"](x), nets["teacher"](x).detach())
    """)
