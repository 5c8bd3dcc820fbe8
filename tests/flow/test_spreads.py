"""Spreads of groups that may have a single member."""

from __future__ import annotations

from flow.checking import check


def test_rewards_that_are_scaled_by_the_spread_of_their_group() -> None:
    check("""
        def advantages(rewards, group):
            out = torch.zeros_like(rewards)
            for g in group.unique():
                members = group == g
                r = rewards[members]
                out[members] = (r - r.mean()) / (r.std() + 1e-6)  # want CR306 "gradient of `policy`"
            return out

        def policy_loss(policy, state, rewards, group):
            log_prob = policy(state).log_softmax(-1)[:, 0]
            with torch.no_grad():
                weights = advantages(rewards, group)
            return -(weights * log_prob).mean()
    """)


def test_groups_that_are_counted_first() -> None:
    check("""
        def counted(rewards, group):
            out = torch.zeros_like(rewards)
            for g in group.unique():
                members = group == g
                if members.sum() < 2:
                    continue
                r = rewards[members]
                out[members] = (r - r.mean()) / (r.std() + 1e-6)
            return out

        def either(rewards, group):
            out = torch.zeros_like(rewards)
            for g in group.unique():
                r = rewards[group == g]
                scale = r.std() if r.numel() > 1 else torch.ones(())
                out[group == g] = (r - r.mean()) / (scale + r.std(unbiased=False))
            return out

        def whitened(rewards, mask):
            r = rewards[mask]
            return (rewards - r.mean()) / (r.std() + 1e-6)

        def policy_loss(policy, state, rewards, group, mask):
            weights = counted(rewards, group) + either(rewards, group) + whitened(rewards, mask)
            return -(weights * policy(state).log_softmax(-1)[:, 0]).mean()

        def spread_loss(pred, target):
            spreads = [pred[target == c].std(0).mean() for c in target.unique() if (target == c).sum() > 1]
            return torch.stack(spreads).mean()
    """)
