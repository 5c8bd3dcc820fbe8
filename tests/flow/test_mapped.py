"""What is done to the state of a training between steps: detached by a helper, started afresh, prepared."""

from __future__ import annotations

from flow.checking import check


def test_a_state_is_detached_by_a_helper() -> None:
    check("""
        from helpers import apply_to_tensor, tree_map

        def detach_hidden(hidden):
            return apply_to_tensor(hidden, torch.Tensor.detach)

        def train_by_method(model, batches, optimizer, loss_fn):
            hidden = None
            for x, y in batches:
                optimizer.zero_grad()
                if hidden is None:
                    pred, hidden = model(x)
                else:
                    hidden = detach_hidden(hidden)
                    pred, hidden = model(x, hidden)
                loss = loss_fn(pred, y)
                loss.backward()
                optimizer.step()

        def train_by_lambda(model, batches, optimizer, loss_fn):
            hidden = None
            for x, y in batches:
                optimizer.zero_grad()
                hidden = tree_map(lambda t: t.detach(), hidden)
                pred, hidden = model(x, hidden)
                loss = loss_fn(pred, y)
                loss.backward()
                optimizer.step()

        def train_with_casts(model, batches, optimizer, loss_fn):
            hidden = None
            for x, y in batches:
                optimizer.zero_grad()
                hidden = tree_map(lambda t: t.float(), hidden)
                pred, hidden = model(x, hidden)
                loss = loss_fn(pred, y)
                loss.backward()  # want CR504
                optimizer.step()
    """)


def test_what_an_optimiser_takes_is_a_leaf() -> None:
    check("""
        def climb(potential_fn, inits, warp, steps):
            x = warp(inits)
            x.requires_grad_(True)
            optimizer = torch.optim.Adam([x], lr=0.1)
            for _ in range(steps):
                optimizer.zero_grad()
                loss = -potential_fn(warp.inv(x)).sum()
                loss.backward()
                optimizer.step()
            return x

        def climb_once(model, inits, warp, steps):
            x = warp(inits)
            x.requires_grad_(True)
            optimizer = torch.optim.Adam([x], lr=0.1)
            out = model(x)
            for _ in range(steps):
                optimizer.zero_grad()
                loss = -out.sigmoid().sum()
                loss.backward()  # want CR504
                optimizer.step()
            return x
    """)


def test_data_is_prepared_once() -> None:
    check("""
        def fit(model, x, transform, steps):
            z = transform(x)
            optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
            for _ in range(steps):
                optimizer.zero_grad()
                loss = model(z).square().mean()
                loss.backward()
                optimizer.step()

        def fit_on_features(model, x, encoder, steps):
            z = encoder(x)
            optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
            for _ in range(steps):
                optimizer.zero_grad()
                loss = model(z).square().mean()
                loss.backward()  # want CR504
                optimizer.step()
    """)
