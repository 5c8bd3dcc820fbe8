"""Scripts: layers that are no part of an object, and what an optimiser says about them."""

from __future__ import annotations

from flow.checking import check

SCRIPT = """
        net = nn.Linear(4, 3)
        other = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))
        x, y = torch.randn(8, 4), torch.randint(0, 3, (8,))
"""


def test_a_layer_of_a_script_gets_nothing() -> None:
    check(f"""{SCRIPT}
        scores = net(x).detach()  # want CR101 "no gradient reaches `net.weight`"
        loss = F.cross_entropy(scores, y)
        loss.backward()
    """)


def test_gradients_left_off_by_a_function() -> None:
    check("""
        def accuracy(net, x, y):
            torch.set_grad_enabled(False)  # want CR102
            return (net(x).argmax(-1) == y).float().mean()

        net = nn.Linear(4, 3)
        x, y = torch.randn(8, 4), torch.randint(0, 3, (8,))
        print(accuracy(net, x, y))
        loss = F.cross_entropy(net(x), y)
        loss.backward()
    """)


def test_what_an_optimiser_holds_gets_nothing() -> None:
    check(f"""{SCRIPT}
        opt = torch.optim.Adam([*net.parameters(), *other.parameters()])
        weights = other(x).detach()  # want CR101 "`other.0.weight` and `other.2.weight`"
        loss = F.cross_entropy(net(x) + weights, y)
        opt.zero_grad()
        loss.backward()
        opt.step()
    """)


def test_what_no_optimiser_holds_may_label() -> None:
    check(f"""{SCRIPT}
        opt = torch.optim.SGD(net.parameters(), lr=0.1)
        loss = F.cross_entropy(net(x), other(x).argmax(1))
        loss.backward()
        opt.step()
    """)


def test_without_an_optimiser_a_layer_may_label() -> None:
    check(f"""{SCRIPT}
        keep = (other(x).softmax(1).amax(1) > 0.5).float()
        loss = (keep * F.cross_entropy(net(x), y, reduction="none")).mean()
        loss.backward()
    """)


def test_the_other_step_of_a_function_may_train_it() -> None:
    check("""
        G, D = nn.Linear(2, 4), nn.Linear(4, 1)
        opt_g, opt_d = torch.optim.Adam(G.parameters()), torch.optim.Adam(D.parameters())

        def discriminator_step(real, z):
            opt_g.zero_grad()
            opt_d.zero_grad()
            loss = F.softplus(-D(real)).mean() + F.softplus(D(G(z).detach())).mean()
            loss.backward()
            opt_d.step()
    """)


def test_a_network_of_a_function_that_trains_it() -> None:
    check("""
        def train(batches):
            encoder, head = nn.Linear(4, 8), nn.Linear(8, 3)
            opt = torch.optim.SGD([*encoder.parameters(), *head.parameters()], lr=0.1)
            for x, y in batches:
                with torch.no_grad():  # want CR102 "`encoder.weight`"
                    hidden = encoder(x)
                loss = F.cross_entropy(head(hidden), y)
                opt.zero_grad()
                loss.backward()
                opt.step()
    """)


def test_what_is_asked_to_require_grad_in_a_statement() -> None:
    check("""
        class Lamp:
            def __init__(self, place):
                self.place = torch.tensor(place, dtype=torch.float32)  # want CR107 "`place`"

        place = torch.zeros(1, 3)
        place.requires_grad = True
        glow = torch.tensor(0.5, requires_grad=True)
        points = torch.randn(30, 3)
        optimizer = torch.optim.SGD([place, glow], lr=0.1)
        loss = ((Lamp(place).place - points) * glow).pow(2).mean()
        loss.backward()
        optimizer.step()
    """)


def test_functions_see_what_a_script_has_made() -> None:
    check("""
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.enc, self.dec = nn.Linear(5, 3), nn.Linear(3, 3)

            def forward(self, x):
                return self.dec(self.enc(x).detach())  # want CR101 "model.enc.weight"

        def error(x, y):
            return F.mse_loss(model(x), y)

        model = Net()
        opt = torch.optim.SGD(model.parameters(), lr=0.1)
        for _ in range(2):
            loss = error(torch.randn(4, 5), torch.rand(4, 3))
            opt.zero_grad()
            loss.backward()
            opt.step()
    """)


def test_a_table_of_a_script_that_decorators_fill() -> None:
    check("""
        TABLE = {}

        def register(name):
            def keep(function):
                TABLE[name] = function
                return function
            return keep

        @register("sharp")
        def sharpened(scores):
            return (scores > 0).float()  # want CR103 "`model.weight`"

        @register("soft")
        def softened(scores):
            return scores.sigmoid()

        model = nn.Linear(5, 3)
        F.mse_loss(TABLE["sharp"](model(torch.randn(4, 5))), torch.rand(4, 3)).backward()
        F.mse_loss(TABLE["soft"](model(torch.randn(4, 5))), torch.rand(4, 3)).backward()
    """)


def test_a_network_that_the_script_freezes_in_a_loop() -> None:
    check("""
        features = nn.Conv2d(3, 4, 3)
        for weight in features.parameters():
            weight.requires_grad = False
        head = nn.Conv2d(3, 4, 3)

        def content_loss(image, content):
            wanted = features(content).detach()
            return F.mse_loss(features(image), wanted)

        def lost_loss(image, content):
            wanted = features(content).detach()
            return F.mse_loss(features(image).detach(), wanted)  # want CR101 "no gradient reaches `image`$"

        def head_loss(image, content):
            return F.mse_loss(head(image).detach(), content)  # want CR101 "`head.weight`"
    """)


def test_a_loop_over_a_step_that_keeps_its_graph() -> None:
    check("""
        cell = nn.GRUCell(3, 4)
        opt = torch.optim.SGD(cell.parameters(), lr=0.1)

        def train_step(batch, hidden):
            hidden = cell(batch, hidden)
            loss = hidden.pow(2).mean()
            opt.zero_grad()
            loss.backward()  # want CR504 "previous step"
            opt.step()
            return loss.item(), hidden

        def main():
            hidden = torch.zeros(2, 4)
            for _ in range(3):
                value, hidden = train_step(torch.randn(2, 3), hidden)

        main()
    """)


def test_a_loop_over_a_step_that_is_given_no_graph() -> None:
    check("""
        cell = nn.GRUCell(3, 4)
        opt = torch.optim.SGD(cell.parameters(), lr=0.1)

        def train_step(batch, hidden):
            hidden = cell(batch, hidden)
            loss = hidden.pow(2).mean()
            opt.zero_grad()
            loss.backward()
            opt.step()
            return loss.item(), hidden.detach()

        def main():
            hidden = torch.zeros(2, 4)
            for _ in range(3):
                value, hidden = train_step(torch.randn(2, 3), hidden)

        main()
    """)


def test_what_a_step_keeps_in_the_module() -> None:
    check("""
        rnn = nn.GRU(3, 4)
        hidden, log_probs = None, []

        def train(batch):
            global hidden
            out, hidden = rnn(batch, hidden)
            out.pow(2).mean().backward()  # want CR504 "previous step"

        def act(state):
            log_probs.append(F.log_softmax(policy(state), -1)[0])

        def finish():
            torch.stack(log_probs).sum().backward()  # want CR504 "previous step"

        policy = nn.Linear(3, 2)
        for _ in range(3):
            train(torch.randn(5, 2, 3))
        for _ in range(3):
            act(torch.randn(3))
            finish()
    """)


def test_what_a_step_empties() -> None:
    check("""
        log_probs = []

        def act(state):
            log_probs.append(F.log_softmax(policy(state), -1)[0])

        def finish():
            torch.stack(log_probs).sum().backward()
            del log_probs[:]

        policy = nn.Linear(3, 2)
        for _ in range(3):
            act(torch.randn(3))
            finish()
    """)


def test_a_closure_over_what_was_computed_once() -> None:
    check("""
        net = nn.Conv2d(3, 4, 3)
        style = net(torch.rand(1, 3, 8, 8)).mean((2, 3))
        image = torch.rand(1, 3, 8, 8, requires_grad=True)
        optimizer = torch.optim.LBFGS([image])

        def closure():
            optimizer.zero_grad()
            loss = F.mse_loss(net(image).mean((2, 3)), style)
            loss.backward()  # want CR504 "previous step"
            return loss

        for _ in range(3):
            optimizer.step(closure)
    """)


def test_a_closure_over_what_needs_no_graph() -> None:
    check("""
        net = nn.Conv2d(3, 4, 3)
        style = net(torch.rand(1, 3, 8, 8)).mean((2, 3)).detach()
        image = torch.rand(1, 3, 8, 8, requires_grad=True)
        optimizer = torch.optim.LBFGS([image])

        def closure():
            optimizer.zero_grad()
            loss = F.mse_loss(net(image).mean((2, 3)), style)
            loss.backward()
            return loss

        for _ in range(3):
            optimizer.step(closure)
    """)


def test_passes_of_some_rounds_that_let_go_of_their_graph() -> None:
    check("""
        cell = nn.GRUCell(3, 4)
        opt = torch.optim.SGD(cell.parameters(), lr=0.1)
        state, loss, terms = torch.zeros(2, 4), 0, []
        for i in range(20):
            state = cell(torch.randn(2, 3), state)
            loss = loss + state.pow(2).mean()
            terms.append(state.abs().mean())
            if i % 4 == 3:
                opt.zero_grad()
                (loss + sum(terms)).backward()
                opt.step()
                state, loss, terms = state.detach(), 0, []
    """)


def test_an_object_that_lets_go_in_some_rounds() -> None:
    check("""
        class Runner:
            def __init__(self):
                self.cell = nn.GRUCell(3, 4)
                self.opt = torch.optim.SGD(self.cell.parameters(), lr=0.1)
                self.kept, self.state = [], None

            def act(self):
                self.state = self.cell(torch.randn(2, 3), self.state)
                self.kept.append(self.state.pow(2).mean())

            def learn(self):
                sum(self.kept).backward()
                self.opt.step()
                self.kept, self.state = [], None

        runner = Runner()
        for i in range(20):
            runner.act()
            if i % 4 == 3:
                runner.learn()
    """)


def test_passes_of_some_rounds_that_keep_a_part_of_their_graph() -> None:
    check("""
        cell = nn.GRUCell(3, 4)
        state, loss = torch.zeros(2, 4), 0
        for i in range(20):
            state = cell(torch.randn(2, 3), state)
            loss = loss + state.pow(2).mean()
            if i % 4 == 3:
                loss.backward()  # want CR504 "previous step"
                loss = 0

        other, terms = torch.zeros(2, 4), []
        for i in range(20):
            other = cell(torch.randn(2, 3), other)
            terms.append(other.pow(2).mean())
            if i % 4 == 3:
                sum(terms).backward()  # want CR504 "previous step"
                other = other.detach()
    """)


def test_a_call_in_a_text_runs() -> None:
    check("""
        net = nn.Linear(8, 1)
        optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
        x, y = torch.rand(60, 8), torch.rand(60, 1)

        def validate():
            torch.set_grad_enabled(False)  # want CR102 "until they are switched on again: backward raises"
            return F.mse_loss(net(x), y).item() ** 0.5

        for epoch in range(3):
            optimizer.zero_grad()
            F.mse_loss(net(x), y).backward()
            optimizer.step()
            print(f"epoch {epoch}: rmse {validate():.3f}")
    """)


def test_a_call_in_a_text_that_restores_the_mode() -> None:
    check("""
        net = nn.Linear(8, 1)
        optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
        x, y = torch.rand(60, 8), torch.rand(60, 1)

        def validate():
            before = torch.is_grad_enabled()
            torch.set_grad_enabled(False)
            error = F.mse_loss(net(x), y).item() ** 0.5
            torch.set_grad_enabled(before)
            return error

        for epoch in range(3):
            optimizer.zero_grad()
            F.mse_loss(net(x), y).backward()
            optimizer.step()
            print(f"epoch {epoch}: rmse {validate():.3f}")
    """)
