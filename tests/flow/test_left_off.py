"""Gradients that a call switches off, and ways on which no other call switches them on again."""

from __future__ import annotations

from flow.checking import check


def test_an_early_return() -> None:
    check("""
        class Early:
            def __init__(self):
                self.net = nn.Linear(4, 1)

            def validate(self, batches):
                torch.set_grad_enabled(False)  # want CR102 "`return None` leaves gradients"
                errors = [F.l1_loss(self.net(x), y).item() for x, y in batches]
                if not errors:
                    return None
                torch.set_grad_enabled(True)
                return sum(errors)

            def step_loss(self, x, y, batches):
                self.validate(batches)
                return F.mse_loss(self.net(x), y)

        class Restored:
            def __init__(self):
                self.net = nn.Linear(4, 1)

            def validate(self, batches):
                if not batches:
                    return None
                torch.set_grad_enabled(False)
                errors = [F.l1_loss(self.net(x), y).item() for x, y in batches]
                if max(errors) > 10:
                    torch.set_grad_enabled(True)
                    return None
                torch.set_grad_enabled(True)
                return sum(errors)

            def step_loss(self, x, y, batches):
                self.validate(batches)
                return F.mse_loss(self.net(x), y)

        class SetAnew:
            def __init__(self):
                self.net = nn.Linear(4, 1)

            def validate(self, batches):
                torch.set_grad_enabled(False)
                errors = [F.l1_loss(self.net(x), y).item() for x, y in batches]
                if not errors:
                    return None
                torch.set_grad_enabled(True)
                return sum(errors)

            def step_loss(self, x, y, batches):
                self.validate(batches)
                torch.set_grad_enabled(True)
                return F.mse_loss(self.net(x), y)
    """)


def test_a_mode_for_others() -> None:
    check("""
        def set_mode(net, trained):
            torch.set_grad_enabled(False)
            net.eval()
            if not trained:
                return net
            torch.set_grad_enabled(True)
            return net.train()

        def total_loss(net, batches):
            set_mode(net, True)
            return sum(F.mse_loss(net(x), y) for x, y in batches)
    """)


def test_an_exception_that_is_caught() -> None:
    check("""
        class Caught:
            def __init__(self):
                self.net = nn.Linear(4, 1)

            def validate(self, batches):
                torch.set_grad_enabled(False)  # want CR102 "An exception that is caught leaves gradients"
                errors = [F.l1_loss(self.net(x), y).item() for x, y in batches]
                error = sum(errors) / len(errors)
                torch.set_grad_enabled(True)
                return error

            def step_loss(self, x, y, batches):
                try:
                    self.validate(batches)
                except ZeroDivisionError:
                    print("nothing to validate on")
                return F.mse_loss(self.net(x), y)

        class Settled:
            def __init__(self):
                self.net = nn.Linear(4, 1)

            def validate(self, batches):
                torch.set_grad_enabled(False)
                try:
                    errors = [F.l1_loss(self.net(x), y).item() for x, y in batches]
                    return sum(errors) / len(errors)
                finally:
                    torch.set_grad_enabled(True)

            def step_loss(self, x, y, batches):
                try:
                    self.validate(batches)
                except ZeroDivisionError:
                    print("nothing to validate on")
                return F.mse_loss(self.net(x), y)

        class Fatal:
            def __init__(self):
                self.net = nn.Linear(4, 1)

            def validate(self, batches):
                torch.set_grad_enabled(False)
                errors = [F.l1_loss(self.net(x), y).item() for x, y in batches]
                torch.set_grad_enabled(True)
                return sum(errors) / len(errors)

            def step_loss(self, x, y, batches):
                try:
                    self.validate(batches)
                except RuntimeError as error:
                    raise ValueError("no batch to validate on") from error
                return F.mse_loss(self.net(x), y)
    """)


def test_a_loop_that_goes_on() -> None:
    check("""
        def fit(net, loader, val, steps):
            opt = torch.optim.SGD(net.parameters(), lr=0.1)
            best = 1e9
            for _ in range(steps):
                for x, y in loader:
                    opt.zero_grad()
                    F.mse_loss(net(x), y).backward()
                    opt.step()
                torch.set_grad_enabled(False)  # want CR102 "`continue` leaves gradients switched off by this"
                error = sum(F.l1_loss(net(x), y).item() for x, y in val)
                if error > best:
                    continue
                best = error
                torch.set_grad_enabled(True)

        def fit_in_phases(net, loader, val, steps):
            opt = torch.optim.SGD(net.parameters(), lr=0.1)
            best = 1e9
            for _ in range(steps):
                torch.set_grad_enabled(True)
                for x, y in loader:
                    opt.zero_grad()
                    F.mse_loss(net(x), y).backward()
                    opt.step()
                torch.set_grad_enabled(False)
                error = sum(F.l1_loss(net(x), y).item() for x, y in val)
                if error > best:
                    continue
                best = error
                torch.set_grad_enabled(True)

        def fit_and_skip(net, loader, val, steps):
            opt = torch.optim.SGD(net.parameters(), lr=0.1)
            for _ in range(steps):
                for x, y in loader:
                    opt.zero_grad()
                    F.mse_loss(net(x), y).backward()
                    opt.step()
                torch.set_grad_enabled(False)
                for x, y in val:
                    if x.isnan().any():
                        continue
                    print(F.l1_loss(net(x), y).item())
                torch.set_grad_enabled(True)
    """)


def test_nothing_is_trained_after_it() -> None:
    check("""
        net = nn.Linear(4, 1)
        opt = torch.optim.SGD(net.parameters(), lr=0.1)

        def report(batches):
            torch.set_grad_enabled(False)
            errors = [F.mse_loss(net(x), y).item() for x, y in batches]
            if not errors:
                return "nothing to test on"
            torch.set_grad_enabled(True)
            return f"error {sum(errors)}"

        for x, y in [(torch.randn(8, 4), torch.randn(8, 1))]:
            opt.zero_grad()
            F.mse_loss(net(x), y).backward()
            opt.step()
        print(report([]))
    """)


def test_a_figure_of_python_numbers() -> None:
    check("""
        class Figures:
            def __init__(self):
                self.net = nn.Linear(4, 1)

            def score(self, batches):
                with torch.no_grad():
                    errors = [F.l1_loss(self.net(x), y).item() for x, y in batches]
                    return sum(errors) / len(errors)

            def forward(self, x, y):
                return F.l1_loss(self.net(x), y)
    """)


def test_a_call_on_one_side_of_a_branch() -> None:
    check("""
        class Checked:
            def __init__(self, net):
                self.net, self.seen = net, []

            def validate(self, batches):
                torch.set_grad_enabled(False)  # want CR102 "`self.validate\\(batches\\)` leaves gradients"
                self.seen.append(sum(F.l1_loss(self.net(x), y).item() for x, y in batches))

            def step_loss(self, x, y, batches):
                if not self.seen:
                    self.validate(batches)
                return F.mse_loss(self.net(x), y)
    """)


def test_calls_on_one_side_after_which_nothing_is_trained_or_gradients_are_on() -> None:
    check("""
        class Evaluated:
            def __init__(self, net):
                self.net, self.seen, self.training = net, [], True

            def validate(self, batches):
                torch.set_grad_enabled(False)
                self.seen.append(sum(F.l1_loss(self.net(x), y).item() for x, y in batches))

            def freeze(self):
                torch.set_grad_enabled(False)

            def returned_loss(self, x, y, batches):
                if not self.seen:
                    self.validate(batches)
                    return None
                return F.mse_loss(self.net(x), y)

            def restored_loss(self, x, y, batches):
                if not self.seen:
                    self.validate(batches)
                    torch.set_grad_enabled(True)
                return F.mse_loss(self.net(x), y)

            def restored_for_all_loss(self, x, y, batches):
                if not self.seen:
                    self.validate(batches)
                torch.set_grad_enabled(True)
                return F.mse_loss(self.net(x), y)

            def meant_loss(self, x, y):
                if not self.training:
                    self.freeze()
                return F.mse_loss(self.net(x), y)
    """)
