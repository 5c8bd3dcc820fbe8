"""What a file itself says of what trains: returned losses, criteria, batches, named optimisers."""

from __future__ import annotations

from tests.flow.checking import check


def test_batches_of_a_loader_are_data_beside_a_network_that_is_cut() -> None:
    check("""
        def train(net, loader, opt):
            for image, depth in loader:
                with torch.no_grad():  # want CR102 "`net`"
                    guess = net(image)
                loss = (guess - depth).abs().mean()
                opt.zero_grad()
                loss.backward()
                opt.step()


        def fit_codes(decoder, codes, wanted, lr):
            opt = torch.optim.Adam(codes, lr=lr)
            for code, one in zip(codes, wanted):
                with torch.no_grad():
                    prior = decoder(code)
                loss = (code - one).pow(2).mean() + (code - prior.mean()).pow(2).mean()
                opt.zero_grad()
                loss.backward()
                opt.step()
    """)


def test_a_criterion_is_no_network_unless_an_optimiser_is_called_after_it() -> None:
    check("""
        def train(model, loader, criterion, optimizer):
            for images, labels in loader:
                outputs = model(images).detach()  # want CR101 "`model`"
                loss = criterion(outputs, labels)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()


        def train_centres(backbone, criterion, opt_c, loader):
            for x, y in loader:
                with torch.no_grad():
                    features = backbone(x)
                loss = criterion(features, y)
                opt_c.zero_grad()
                loss.backward()
                opt_c.step()
    """)


def test_an_optimiser_is_called_after_the_network_that_it_trains() -> None:
    check("""
        def both(gen, disc, gen_opt, disc_opt, real, noise):
            fake = gen(noise).detach()  # want CR101 "`gen`"
            d = F.softplus(-disc(real)).mean() + F.softplus(disc(fake)).mean()
            disc_opt.zero_grad()
            d.backward()
            disc_opt.step()
            g = F.softplus(-disc(fake)).mean()
            gen_opt.zero_grad()
            g.backward()
            gen_opt.step()


        def right(gen, disc, gen_opt, disc_opt, real, noise):
            fake = gen(noise)
            d = F.softplus(-disc(real)).mean() + F.softplus(disc(fake.detach())).mean()
            disc_opt.zero_grad()
            d.backward()
            disc_opt.step()
            g = F.softplus(-disc(fake)).mean()
            gen_opt.zero_grad()
            g.backward()
            gen_opt.step()


        def judge_only(gen, disc, disc_opt, real, noise):
            fake = gen(noise).detach()
            d = F.softplus(-disc(real)).mean() + F.softplus(disc(fake)).mean()
            disc_opt.zero_grad()
            d.backward()
            disc_opt.step()
    """)


def test_a_model_that_returns_its_loss_beside_its_output() -> None:
    check("""
        from transformers.modeling_outputs import SequenceClassifierOutput


        class Rater(nn.Module):
            def __init__(self):
                super().__init__()
                self.out = nn.Linear(8, 1)

            def forward(self, hidden, labels=None):
                rating = self.out(hidden).squeeze(-1)
                if labels is not None:
                    loss = nn.MSELoss()(rating.round(), labels)  # want CR201 "`self.out.weight`"
                    return loss, rating
                return rating


        class Topic(nn.Module):
            def __init__(self):
                super().__init__()
                self.out = nn.Linear(8, 3)

            def forward(self, hidden, labels=None):
                logits = self.out(hidden)
                loss = None
                if labels is not None:
                    log_probs = logits.log_softmax(-1).detach()  # want CR101 "`self.out.weight`"
                    loss = F.nll_loss(log_probs, labels)
                return SequenceClassifierOutput(loss=loss, logits=logits)


        class Right(nn.Module):
            def __init__(self):
                super().__init__()
                self.out = nn.Linear(8, 3)

            def forward(self, hidden, labels=None):
                logits = self.out(hidden)
                loss = None
                if labels is not None:
                    loss = F.cross_entropy(logits, labels)
                return {"loss": loss, "logits": logits, "guess": logits.argmax(-1)}
    """)


def test_what_a_file_uses_as_its_criterion_is_a_loss() -> None:
    check("""
        def distance(inp, targ):
            return (inp.detach() - targ).pow(2).mean()  # want CR101 "`inp`"


        class PairAccuracy:
            def __call__(self, better, worse):
                wrong = torch.zeros_like(better)
                wrong[better - worse < 0] = 1.0  # want CR103 "`better`"
                return wrong.mean()


        class Accuracy:
            def __call__(self, logits, label):
                return (logits.argmax(-1) == label).float().mean()


        def build(Learner, data, model):
            criterion = PairAccuracy()
            return Learner(data, model, loss_func=distance, metrics=[Accuracy()]), criterion
    """)


def test_a_step_that_is_given_away_is_run_by_others() -> None:
    check("""
        from ignite.engine import Engine


        def make(model, opt, criterion):
            def update(engine, batch):
                opt.zero_grad()
                x, y = batch
                guess = model(x).data  # want CR101 "`model`"
                loss = criterion(guess, y)
                loss.backward()
                opt.step()
                return loss.item()

            return Engine(update)
    """)


def test_what_is_frozen_waits_for_nothing() -> None:
    check("""
        class Perceptual(nn.Module):
            def __init__(self):
                super().__init__()
                self.blocks = nn.ModuleList([nn.Conv2d(3, 3, 1) for _ in range(5)])
                for p in self.blocks.parameters():
                    p.requires_grad_(False)

            def forward(self, sr, hr):
                total = 0.0
                for block in self.blocks:
                    with torch.no_grad():  # want CR102 "reaches `sr`$"
                        total = total + F.l1_loss(block(sr), block(hr))
                return total


        class Codes(nn.Module):
            def __init__(self):
                super().__init__()
                self.table = nn.Embedding(4, 3)
                self.table.weight.requires_grad = False

            def loss(self, latent, index):
                return F.mse_loss(self.table(index).detach(), latent)


        class Thawed(nn.Module):
            def __init__(self):
                super().__init__()
                self.head = nn.Linear(3, 3).requires_grad_(False)
                self.head.requires_grad_(True)

            def loss(self, x, y):
                return F.mse_loss(self.head(x).round(), y)  # want CR201 "`self.head.weight`"
    """)


def test_what_an_optimiser_is_made_for_is_to_be_trained() -> None:
    check("""
        def invert(generator, target, steps):
            z = torch.randn(1, 512, requires_grad=True)
            opt = torch.optim.Adam([z], lr=0.01)
            for _ in range(steps):
                image = generator(z.detach())  # want CR101 "`z`"
                loss = (image - target).pow(2).mean()
                opt.zero_grad()
                loss.backward()
                opt.step()
            return z


        def by_turns(x, k, steps):
            u = torch.randn(len(x), k, requires_grad=True)
            v = torch.randn(len(x), k, requires_grad=True)
            of_u, of_v = torch.optim.SGD([u], 0.1), torch.optim.SGD([v], 0.1)
            for _ in range(steps):
                loss_u = (x - u @ v.detach().T).pow(2).mean()
                of_u.zero_grad()
                loss_u.backward()
                of_u.step()
                loss_v = (x - u.detach() @ v.T).pow(2).mean()
                of_v.zero_grad()
                loss_v.backward()
                of_v.step()
            return u, v


        def temperature_step(log_alpha, alpha_opt, logp, target_entropy):
            loss = -(log_alpha * (logp + target_entropy).detach()).mean()
            alpha_opt.zero_grad()
            loss.backward()
            alpha_opt.step()
            return log_alpha.exp().item()
    """)


def test_a_number_and_what_to_log_of_it() -> None:
    check("""
        def forward_step(model, batch):
            top = model(batch["x"]).max(-1).indices  # want CR104 "`model`"
            value = F.mse_loss(top.float(), batch["y"].float())
            return value, {"value": value.item()}


        def right_step(model, batch):
            out = model(batch["x"])
            value = F.cross_entropy(out, batch["y"])
            return value, {"value": value.item(), "hits": (out.argmax(-1) == batch["y"]).sum().item()}
    """)


def test_a_sum_of_what_a_loss_of_the_file_gives() -> None:
    check("""
        def outputs_of(model, batches):
            return [model(x).data.cpu().numpy() for x in batches]  # want CR101

        def loss_fn_kd(outputs, labels, taught, T):
            soft = F.kl_div(F.log_softmax(outputs / T, 1), F.softmax(taught / T, 1), reduction="batchmean")
            return soft * T * T + F.cross_entropy(outputs, labels)

        def train_kd(student, batches, taught, labels):
            found = outputs_of(student, batches)
            total = 0.0
            for i, y in enumerate(labels):
                total = total + loss_fn_kd(torch.from_numpy(found[i]), y, taught[i], 4)
            return total / len(labels)

        def train_in_torch(student, batches, taught, labels):
            total = 0.0
            for x, y, t in zip(batches, labels, taught):
                total = total + loss_fn_kd(student(x), y, t.detach(), 4)
            return total / len(labels)

        def average(student, batches, taught, labels):
            total = 0.0
            for x, y, t in zip(batches, labels, taught):
                total += loss_fn_kd(student(x), y, t, 4).item()
            return total / len(labels)
    """)
