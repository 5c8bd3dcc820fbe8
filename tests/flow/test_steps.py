"""CR504: graphs that are kept from one training step to the next."""

from __future__ import annotations

from flow.checking import check


def test_what_is_computed_once_for_all() -> None:
    check("""
        import functools
        from functools import cached_property

        class Blur(nn.Module):
            def __init__(self):
                super().__init__()
                self.width = nn.Parameter(torch.ones(()))

            @cached_property  # want CR504 "graph of the previous step"
            def kernel(self):
                return torch.exp(-torch.arange(5) / self.width)

            def fit_loss(self, x, y):
                return F.mse_loss(x * self.kernel, y)

        class Gram(nn.Module):
            def __init__(self):
                super().__init__()
                self.scale = nn.Parameter(torch.ones(()))

            @functools.lru_cache(maxsize=None)  # want CR504
            def gram(self, size):
                return torch.exp(-torch.arange(size) / self.scale)

            def fit_loss(self, x, y):
                return F.mse_loss(x * self.gram(5), y)

        class Fresh(nn.Module):
            def __init__(self):
                super().__init__()
                self.width = nn.Parameter(torch.ones(()))

            @property
            def kernel(self):
                return torch.exp(-torch.arange(5) / self.width)

            @cached_property
            def grid(self):
                return torch.arange(5) / 5

            def fit_loss(self, x, y):
                return F.mse_loss(x * self.kernel + self.grid, y)
    """)


def test_what_is_made_when_it_is_first_asked_for() -> None:
    check("""
        class Lazy(nn.Module):
            def __init__(self):
                super().__init__()
                self.raw = nn.Parameter(torch.zeros(4))

            def window(self):
                if not hasattr(self, "_window"):
                    self._window = torch.softmax(self.raw, 0)  # want CR504
                return self._window

            def fit_loss(self, x, y):
                return F.mse_loss(x * self.window(), y)

        class Table(nn.Module):
            def __init__(self):
                super().__init__()
                self.raw = nn.Parameter(torch.zeros(4))
                self.made = {}

            def fit_loss(self, x, y):
                if "window" not in self.made:
                    self.made["window"] = torch.softmax(self.raw, 0)  # want CR504
                return F.mse_loss(x * self.made["window"], y)
    """)


def test_a_bank_that_grows() -> None:
    check("""
        class Bank(nn.Module):
            def __init__(self):
                super().__init__()
                self.encode = nn.Linear(4, 4)
                self.queue = []

            def contrast_loss(self, x):
                z = self.encode(x)
                self.queue.append(z)  # want CR504
                return F.cross_entropy(z @ torch.cat(self.queue).T, torch.arange(len(z)))

        class Detached(nn.Module):
            def __init__(self):
                super().__init__()
                self.encode = nn.Linear(4, 4)
                self.queue = []

            def contrast_loss(self, x):
                z = self.encode(x)
                self.queue.append(z.detach())
                return F.cross_entropy(z @ torch.cat(self.queue).T, torch.arange(len(z)))

        class Episode(nn.Module):
            def __init__(self):
                super().__init__()
                self.encode = nn.Linear(4, 4)
                self.rewards = []

            def start(self):
                self.rewards.clear()

            def return_loss(self, x):
                self.rewards.append(self.encode(x).tanh().sum())
                return torch.stack(self.rewards).mean()
    """)


def test_a_memory_whose_step_runs_backward() -> None:
    check("""
        class Memory:
            def __init__(self, net, optimizer):
                self.net, self.optimizer = net, optimizer
                self.kept = []

            def step(self, x, y):
                self.kept.append(self.net(x))  # want CR504
                self.optimizer.zero_grad()
                F.mse_loss(torch.stack(self.kept).mean(0), y).backward()
                self.optimizer.step()

        class Forgetful:
            def __init__(self, net, optimizer):
                self.net, self.optimizer = net, optimizer
                self.kept = []

            def step(self, x, y):
                out = self.net(x)
                self.optimizer.zero_grad()
                F.mse_loss(out, y).backward()
                self.optimizer.step()
                self.kept.append(out)
    """)


def test_averages() -> None:
    check("""
        class Balanced(nn.Module):
            def __init__(self):
                super().__init__()
                self.mean = 1.0

            def forward_loss(self, pred, target):
                error = (pred - target).abs().mean()
                self.mean = 0.9 * self.mean + 0.1 * error  # want CR504
                return error / self.mean

        class Measured(nn.Module):
            def __init__(self):
                super().__init__()
                self.mean = 1.0

            def forward_loss(self, pred, target):
                error = (pred - target).abs().mean()
                self.mean = 0.9 * self.mean + 0.1 * error.item()
                return error / self.mean

        class Scaled(nn.Module):
            def __init__(self, d_model, layers):
                super().__init__()
                self.width = d_model * layers
                self.head = nn.Linear(4, 1)

            def forward_loss(self, x, y):
                return F.mse_loss(self.head(x) / self.width, y)
    """)


def test_two_passes_of_which_one_is_autograd_grad() -> None:
    check("""
        def trained_twice(net, x, y):
            loss = F.mse_loss(net(x), y)
            grads = torch.autograd.grad(loss, list(net.parameters()))  # want CR503
            loss.backward()
            return [g.norm() for g in grads]

        def kept_for_both(net, x, y):
            loss = F.mse_loss(net(x), y)
            grads = torch.autograd.grad(loss, list(net.parameters()), retain_graph=True)
            loss.backward()
            return [g.norm() for g in grads]

        def one_after_the_other(encode, head, x, y):
            z = encode(x)
            ahead = head(z)
            torch.autograd.grad(ahead.sum(), ahead)
            F.mse_loss(ahead, y).backward()
    """)


def test_what_another_method_puts_into_a_list() -> None:
    check("""
        from torch.distributions import Categorical

        class Agent(nn.Module):
            def __init__(self):
                super().__init__()
                self.pi = nn.Linear(4, 2)
                self.log_probs, self.rewards = [], []

            def act(self, state):
                dist = Categorical(logits=self.pi(state))
                action = dist.sample()
                self.log_probs.append(dist.log_prob(action).detach())  # want CR101 "`self.pi.weight`"
                return action.item()

            def update(self, returns, opt):
                loss = -(torch.stack(self.log_probs) * returns).mean()
                opt.zero_grad()
                loss.backward()
                opt.step()
                self.log_probs.clear()

        class Clipped(nn.Module):
            def __init__(self):
                super().__init__()
                self.pi = nn.Linear(4, 2)
                self.states, self.actions, self.old = [], [], []

            def act(self, state):
                dist = Categorical(logits=self.pi(state))
                action = dist.sample()
                self.states.append(state)
                self.actions.append(action)
                self.old.append(dist.log_prob(action).detach())
                return action

            def loss(self, gain):
                states, actions, old = map(torch.stack, (self.states, self.actions, self.old))
                ratio = (Categorical(logits=self.pi(states)).log_prob(actions) - old).exp()
                return -torch.min(ratio * gain, ratio.clamp(0.8, 1.2) * gain).mean()
    """)


def test_a_solver_remembers_slopes() -> None:
    check("""
        class Solver:
            def __init__(self):
                self.slopes = []

            def _advance(self, function, time, state):
                slope = function(time, state)
                self.slopes.append(slope)
                return state + sum(self.slopes)
    """)


def test_networks_from_a_factory() -> None:
    check("""
        def train(make, criterion, batches):
            for _ in range(2):
                data, net = make()
                for x, y in data.stream:
                    loss = criterion(net(x), y)
                    loss.backward()
    """)


def test_figures_that_are_kept_to_be_printed() -> None:
    check("""
        class Segmenter(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Conv2d(3, 2, 1)
                self.history = []

            def loss(self, x, y):
                loss = F.cross_entropy(self.net(x), y)
                self.history.append(loss.item())
                return loss

            def smooth(self):
                return sum(self.history) / len(self.history)
    """)


def test_a_policy_that_acts_without_gradient() -> None:
    check("""
        from torch.distributions import Categorical

        class Agent:
            def __init__(self, policy, opt):
                self.policy, self.opt = policy, opt
                self.log_probs = []

            def act(self, state):
                with torch.no_grad():  # want CR102 "`self.policy`"
                    dist = Categorical(logits=self.policy(state))
                action = dist.sample()
                self.log_probs.append(dist.log_prob(action))
                return action

            def learn(self, returns):
                loss = -(torch.stack(self.log_probs) * returns).sum()
                self.opt.zero_grad()
                loss.backward()
                self.opt.step()
                self.log_probs.clear()
    """)


def test_what_code_that_is_not_seen_has_kept() -> None:
    check("""
        from helpers import Posterior, repackage

        def truncated(model, criterion, optimizer, xs, ys):
            hidden = None
            for x, y in zip(xs, ys):
                if hidden is not None:
                    hidden = repackage(hidden)
                out, hidden = model(x, hidden)
                loss = criterion(out, y)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()

        def marginal(model, loader, log_prior, optimizer):
            posterior = Posterior(model, prior=torch.exp(log_prior))
            posterior.fit(loader)
            for _ in range(10):
                optimizer.zero_grad()
                loss = -posterior.log_marginal(torch.exp(log_prior))
                loss.backward()
                optimizer.step()

        def carried(model, criterion, optimizer, xs, ys):
            hidden = None
            for x, y in zip(xs, ys):
                out, hidden = model(x, hidden)
                loss = criterion(out, y)
                optimizer.zero_grad()
                loss.backward()  # want CR504
                optimizer.step()
    """)


def test_what_a_loop_carries_through_two_states() -> None:
    check("""
        weight = torch.empty((5, 4), requires_grad=True)
        readout = torch.empty((4, 2), requires_grad=True)

        def spikes(membrane):
            fired = torch.zeros_like(membrane)
            fired[membrane > 0] = 1.0  # want CR103 "`weight`"
            return fired

        def spiking_step(x, y, steps):
            current = x @ weight
            synapse, membrane, count = torch.zeros(1), torch.zeros(1), 0
            for _ in range(steps):
                fired = spikes(membrane - 1.0)
                grown = 0.8 * synapse + current
                membrane = (0.9 * membrane + synapse) * (1.0 - fired.detach())
                synapse = grown
                count = count + fired
            return F.cross_entropy(count @ readout, y)
    """)


def test_a_descent_along_paired_gradients() -> None:
    check("""
        class Meta(nn.Module):
            def __init__(self):
                super().__init__()
                self.w, self.b = nn.Parameter(torch.randn(3, 4)), nn.Parameter(torch.zeros(3))

            def forward(self, x, y, xq, yq):
                fast = list(self.parameters())
                for _ in range(3):
                    grads = torch.autograd.grad(F.cross_entropy(F.linear(x, *fast), y), fast)
                    fast = list(map(lambda pair: pair[1] - 0.1 * pair[0], zip(grads, fast)))
                return F.cross_entropy(F.linear(xq, *fast), yq)

            def penalty_loss(self, x, y):
                weights = list(self.parameters())
                loss = F.cross_entropy(F.linear(x, *weights), y)
                grads = torch.autograd.grad(loss, weights, retain_graph=True)  # want CR118 "this term"
                return loss + sum(g.square().sum() for g in grads)
    """)


STREAM = """
    class Stream(nn.Module):
        def __init__(self):
            super().__init__()
            self.cell = nn.GRUCell(3, 5)
            self.read = nn.Linear(5, 1)
            self.memory = None

        def {reset}(self):
            self.memory = None

        def {step}(self, chunk, wanted):
            if self.memory is None:
                self.memory = torch.zeros(chunk.size(0), 5)
            self.memory = self.cell(chunk, self.memory){want}
            return F.mse_loss(self.read(self.memory), wanted)
"""


def test_a_state_that_only_somebody_else_may_empty() -> None:
    wanted = "  # want CR504"
    check(STREAM.format(reset="reset", step="update", want=wanted))
    check(STREAM.format(reset="on_train_epoch_start", step="training_step", want=wanted))
    check(STREAM.format(reset="reset", step="chunk_loss", want=""))
    check(STREAM.format(reset="on_train_batch_start", step="training_step", want=""))
    check(
        STREAM.format(reset="reset", step="update", want="")
        + """
    def run(stream, batches, opt):
        for chunk, wanted in batches:
            stream.reset()
            opt.zero_grad()
            stream.update(chunk, wanted).backward()
            opt.step()
    """
    )
