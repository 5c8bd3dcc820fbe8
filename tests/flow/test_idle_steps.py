"""An optimiser that steps before anything of its own has a gradient."""

from flow.checking import check


def test_a_generator_whose_samples_are_detached() -> None:
    check("""
        class Trainer:
            def __init__(self):
                self.gen, self.disc = nn.Linear(8, 16), nn.Linear(16, 1)
                self.opt_g = torch.optim.Adam(self.gen.parameters())
                self.opt_d = torch.optim.Adam(self.disc.parameters())

            def fit(self, loader):
                for real in loader:
                    fake = self.gen(torch.randn(len(real), 8))
                    d_loss = self.disc(fake.detach()).mean() - self.disc(real).mean()
                    self.opt_d.zero_grad()
                    d_loss.backward()
                    self.opt_d.step()
                    g_loss = -self.disc(fake.detach()).mean()  # want CR101 "`self.gen.weight`"
                    self.opt_g.zero_grad()
                    g_loss.backward()
                    self.opt_g.step()
    """)


def test_an_actor_whose_actions_come_from_its_method_for_the_environment() -> None:
    check("""
        class Agent:
            def __init__(self):
                self.actor, self.critic = nn.Linear(3, 1), nn.Linear(4, 1)
                self.actor_optim = torch.optim.Adam(self.actor.parameters())
                self.critic_optim = torch.optim.Adam(self.critic.parameters())

            def update(self, state, action, target):
                critic_loss = F.mse_loss(self.critic(torch.cat([state, action], 1)), target)
                self.critic_optim.zero_grad()
                critic_loss.backward()
                self.critic_optim.step()
                chosen = self.actor(state).data  # want CR101 "`self.actor.weight`"
                actor_loss = -self.critic(torch.cat([state, chosen], 1)).mean()
                self.actor_optim.zero_grad()
                actor_loss.backward()
                self.actor_optim.step()
    """)


def test_networks_that_are_given_by_short_names() -> None:
    check("""
        class WGAN:
            def __init__(self, G, D):
                self.G, self.D = G, D
                self.opt_g = torch.optim.Adam(G.parameters())
                self.opt_d = torch.optim.Adam(D.parameters())

            def critic_step(self, real):
                fake = self.G(torch.randn(len(real), 4)).detach()
                loss = self.D(fake).mean() - self.D(real).mean()
                self.opt_d.zero_grad()
                loss.backward()
                self.opt_d.step()

            def generator_step(self, n):
                loss = -self.D(self.G(torch.randn(n, 4)).detach()).mean()  # want CR101 "`self.G`"
                self.opt_g.zero_grad()
                loss.backward()
                self.opt_g.step()
    """)


def test_steps_that_something_was_done_for() -> None:
    check("""
        import copy

        class Both:
            def __init__(self):
                self.gen, self.disc = nn.Linear(8, 16), nn.Linear(16, 1)
                self.opt_g = torch.optim.Adam(self.gen.parameters())
                self.opt_d = torch.optim.Adam(self.disc.parameters())

            def fit(self, loader):
                for real in loader:
                    fake = self.gen(torch.randn(len(real), 8))
                    d_loss = self.disc(fake.detach()).mean() - self.disc(real).mean()
                    g_loss = -self.disc(fake).mean()
                    g_loss.backward(inputs=list(self.gen.parameters()), retain_graph=True)
                    d_loss.backward()
                    self.opt_g.step()
                    self.opt_d.step()

        class Reptile:
            def __init__(self):
                self.net = nn.Linear(3, 1)
                self.opt = torch.optim.SGD(self.net.parameters(), lr=1.0)

            def outer_step(self, x, y):
                fast = copy.deepcopy(self.net)
                inner = torch.optim.SGD(fast.parameters(), lr=0.1)
                loss = F.mse_loss(fast(x), y)
                loss.backward()
                inner.step()
                for slow, quick in zip(self.net.parameters(), fast.parameters()):
                    slow.grad = slow.data - quick.data
                self.opt.step()
    """)


def test_states_that_come_from_numpy_beside_what_learns() -> None:
    check("""
        import numpy as np

        class Learner:
            def __init__(self):
                self.net = nn.Linear(4, 2)
                self.opt = torch.optim.Adam(self.net.parameters())

            def update(self, states, returns):
                states = torch.as_tensor(np.array(states), dtype=torch.float32)
                loss = F.mse_loss(self.net(states).squeeze(-1), returns)
                self.opt.zero_grad()
                loss.backward()
                self.opt.step()
    """)


def test_steps_through_a_scaler() -> None:
    check("""
        class Mixed:
            def __init__(self, G, D):
                self.G, self.D = G, D
                self.opt_g, self.opt_d = torch.optim.Adam(G.parameters()), torch.optim.Adam(D.parameters())
                self.scaler = torch.amp.GradScaler("cuda")

            def step(self, real):
                fake = self.G(torch.randn(len(real), 4))
                d_loss = self.D(fake.detach()).mean() - self.D(real).mean()
                self.opt_d.zero_grad()
                self.scaler.scale(d_loss).backward()
                self.scaler.step(self.opt_d)
                g_loss = -self.D(fake.detach()).mean()  # want CR101 "`self.G`"
                self.opt_g.zero_grad()
                self.scaler.scale(g_loss).backward()
                self.scaler.step(self.opt_g)
                self.scaler.update()
    """)
