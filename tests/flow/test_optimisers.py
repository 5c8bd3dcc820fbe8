"""Steps of optimisers: writes to the parameters between the forward and the backward pass."""

from __future__ import annotations

from flow.checking import check


def test_a_step_between_forward_and_backward() -> None:
    check("""
        class ActorCritic:
            def __init__(self):
                self.actor = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
                self.critic = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
                self.critic_opt = torch.optim.Adam(self.critic.parameters())

            def improve(self, advantage):
                advantage.pow(2).mean().backward(retain_graph=True)
                self.critic_opt.step()  # want CR501 "derivative of `Linear`"

            def actor_objective(self, obs, rewards):
                advantage = rewards - self.critic(obs)
                self.improve(advantage)
                return -(self.actor(obs) * advantage).mean()

            def detached_objective(self, obs, rewards):
                advantage = rewards - self.critic(obs)
                self.improve(advantage)
                return -(self.actor(obs) * advantage.detach()).mean()

            def fresh_objective(self, obs, rewards):
                self.improve(rewards - self.critic(obs))
                return -(self.actor(obs) * (rewards - self.critic(obs))).mean()
    """)


def test_a_step_of_one_of_two_networks() -> None:
    check("""
        def stale_step(gen, disc, opt_g, opt_d, noise, real):
            fake = gen(noise)
            score = disc(fake)
            (score.mean() - disc(real).mean()).backward(retain_graph=True)
            opt_d.step()  # want CR501 "derivative of `disc`"
            (-score.mean()).backward()
            opt_g.step()

        def fresh_step(gen, disc, opt_g, opt_d, noise, real):
            fake = gen(noise)
            (disc(fake.detach()).mean() - disc(real).mean()).backward()
            opt_d.step()
            (-disc(fake).mean()).backward()
            opt_g.step()
    """)


def test_what_has_been_trained_is_printed() -> None:
    check("""
        def train_step(net, optimizer, x, y):
            out = net(x)
            error = F.mse_loss(out.sigmoid(), y)
            norm = out.pow(2).mean()
            loss = error + norm
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            return loss, error, norm * 2

        def epoch(net, optimizer, loader):
            for x, y in loader:
                loss = F.mse_loss(net(x), y)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
    """)


def test_a_closure_is_called_more_than_once() -> None:
    check("""
        def solve(net, points, fixed):
            optimiser = torch.optim.LBFGS(net.parameters())
            moved = net(points)

            def closure():
                optimiser.zero_grad()
                value = F.mse_loss(moved, fixed)
                value.backward()  # want CR504
                return value

            optimiser.step(closure)

        def settle(net, points, fixed):
            optimiser = torch.optim.LBFGS(net.parameters())

            def closure():
                optimiser.zero_grad()
                value = F.mse_loss(net(points), fixed)
                value.backward()
                return value

            for _ in range(3):
                optimiser.step(closure)
    """)


def test_a_step_between_the_rounds_of_a_state() -> None:
    check("""
        cell = nn.GRUCell(3, 4)
        opt = torch.optim.SGD(cell.parameters(), lr=0.1)
        state = torch.zeros(2, 4)
        for j in range(4):
            state = cell(torch.randn(2, 3), state)
            state.pow(2).mean().backward(retain_graph=True)
            opt.step()  # want CR501 "`GRUCell` needs the value"
    """)


def test_a_step_after_which_the_state_starts_afresh() -> None:
    check("""
        cell = nn.GRUCell(3, 4)
        opt = torch.optim.SGD(cell.parameters(), lr=0.1)
        state = torch.zeros(2, 4)
        for j in range(4):
            state = cell(torch.randn(2, 3), state)
            state.pow(2).mean().backward()
            opt.step()
            state = state.detach()
    """)
