"""Lists that one method of an object fills and another one trains by."""

from __future__ import annotations

import pytest

from flow.checking import check

AGENT = """
    class Policy(nn.Module):
        def __init__(self):
            super().__init__()
            self.net = nn.Linear(4, 2)
            self.log_probs, self.rewards = [], []

        def forward(self, state):
            return torch.distributions.Categorical(logits=self.net(state))

    class Agent:
        def __init__(self):
            self.policy = Policy()
            self.optimizer = torch.optim.Adam(self.policy.parameters())
            self.history = []

        def act(self, state):
            dist = self.policy(state)
            action = dist.sample()
            self.policy.log_probs.append({kept})
            return action.item()

        def finish(self):
            returns = []
            for reward in self.policy.rewards[::-1]:
                returns.insert(0, reward)
            losses = []
            for log_prob, reward in zip(self.policy.log_probs, torch.tensor(returns)):
                losses.append(-log_prob * reward)
            self.optimizer.zero_grad()
            loss = torch.stack(losses).sum()
            loss.backward()
            self.optimizer.step()
            self.history.append(loss.item())
"""


@pytest.mark.parametrize(
    "kept",
    [
        "dist.log_prob(action).detach())  # want CR101 (",
        "torch.tensor(dist.log_prob(action).item()))  # want CR105 (",
        "dist.log_prob(action)",
    ],
)
def test_log_probabilities_of_the_actions_taken(kept: str) -> None:
    kept, _, wanted = kept.partition(")  # want ")
    line = f"{{kept}})  # want {wanted[:5]}" if wanted else "{kept})"
    check(AGENT.replace("{kept})", line).replace("{kept}", kept))


def test_what_is_kept_for_the_log_or_as_data() -> None:
    check("""
        import random

        class Learner:
            def __init__(self):
                self.q, self.target = nn.Linear(4, 2), nn.Linear(4, 2)
                self.opt = torch.optim.Adam(self.q.parameters())
                self.memory, self.losses = [], []

            def remember(self, state, reward):
                action = self.q(state).argmax().item()
                self.memory.append((state, action, reward))

            def learn(self):
                states, actions, rewards = zip(*random.sample(self.memory, 4))
                q = self.q(torch.stack(states)).gather(1, torch.tensor(actions).unsqueeze(1))
                with torch.no_grad():
                    wanted = torch.tensor(rewards) + self.target(torch.stack(states)).amax(1)
                loss = F.mse_loss(q.squeeze(1), wanted)
                self.opt.zero_grad()
                loss.backward()
                self.opt.step()
                self.losses.append(loss.item())
    """)


def test_a_loss_that_is_returned_alone_or_with_the_outputs() -> None:
    check("""
        class Distiller:
            def __init__(self, teacher):
                self.teacher = teacher

            def compute_loss(self, model, inputs, return_outputs=False):
                outputs = model(inputs["x"])
                with torch.no_grad():
                    soft = F.softmax(self.teacher(inputs["x"]), dim=-1)
                logp = F.log_softmax(outputs.detach(), dim=-1)  # want CR101 "`model`"
                loss = F.kl_div(logp, soft, reduction="batchmean")
                return (loss, outputs) if return_outputs else loss
    """)


def test_networks_that_are_frozen_for_the_step_of_another() -> None:
    check("""
        class Pair:
            def __init__(self):
                self.gen, self.disc = nn.Linear(4, 4), nn.Linear(4, 1)
                self.opt_g = torch.optim.Adam(self.gen.parameters())
                self.opt_d = torch.optim.Adam(self.disc.parameters())

            def train_only(self, net, flag):
                for parameter in net.parameters():
                    parameter.requires_grad = flag

            def step(self, z, real):
                fake = self.gen(z)
                self.train_only(self.disc, False)
                self.opt_g.zero_grad()
                (-self.disc(fake).mean()).backward()
                self.opt_g.step()
                self.train_only(self.disc, True)
                self.opt_d.zero_grad()
                d_loss = self.disc(fake.detach()).mean() + F.mse_loss(self.disc(real), torch.ones(4, 1))
                d_loss.backward()
                self.opt_d.step()
    """)
