"""What is spread into a call of torch: `torch.min(*critics(obs, action))`."""

from tests.flow.checking import check


def test_pairs_that_are_compared_one_by_one() -> None:
    check("""
        def actor_loss(actor, critics, obs):
            return -torch.min(*critics(obs, actor(obs))).mean()

        def stopped_loss(actor, critics, obs):
            act = actor(obs).detach()
            value = torch.min(*critics(obs, act))
            return -value.argsort().float().mean()  # want CR104

        def widths_loss(pred, box):
            return F.relu(torch.sub(*pred) - box).mean()
    """)
