"""Files in which the model, the loss and the training stand apart: what each says of the others."""

from __future__ import annotations

from flow.checking import check

NETS = """
        class Student(nn.Module):
            def __init__(self, width=4):
                super().__init__()
                self.stem, self.head = nn.Linear(6, width), nn.Linear(width, 3)

            def forward(self, x):
                h = F.relu(self.stem(x))
                return h, self.head(h)

"""


def test_a_constant_that_is_returned_beside_figures() -> None:
    check("""
        def detection_loss(box, obj, has_obj, gt_box):
            pos = has_obj > 0
            if pos.sum() == 0:
                return torch.tensor(0.0, requires_grad=True), {"iou": 0.0}  # want CR114 "constant"
            return F.l1_loss(box[pos], gt_box[pos]), {"iou": 0.5}

        def train_step(model, x, y):
            out = model(x)
            if not (y > 0).any():
                return {"loss": torch.zeros((), requires_grad=True), "n": 0}  # want CR114 "constant"
            return {"loss": F.cross_entropy(out[y > 0], y[y > 0]), "n": 1}

        def terms_loss(out, box, y, gt):
            if not (y > 0).any():
                return {"loss_cls": F.cross_entropy(out, y), "loss_box": torch.tensor(0.0)}
            return {"loss_cls": F.cross_entropy(out, y), "loss_box": F.l1_loss(box, gt)}

        def unrolled_loss(h, seq):
            if seq.numel() == 0:
                return (h * 0).sum(), torch.zeros(3, requires_grad=True)
            return (h * seq).sum(), torch.ones(3)
    """)


def test_a_hint_that_trains_only_the_adapter() -> None:
    check(
        NETS
        + """
        def hint_loss(wanted, given, adapter):
            return F.mse_loss(adapter(given.detach()), wanted)  # want CR101 "`student.stem.weight`"

        def distill(teacher, student, loader):
            adapter = nn.Linear(4, 8)
            opt = torch.optim.Adam([*student.parameters(), *adapter.parameters()])
            for x, y in loader:
                with torch.no_grad():
                    wanted, _ = teacher(x)
                given, logits = student(x)
                loss = F.cross_entropy(logits, y) + hint_loss(wanted, given, adapter)
                opt.zero_grad()
                loss.backward()
                opt.step()

        class Distiller(nn.Module):
            def __init__(self, teacher, student):
                super().__init__()
                self.teacher, self.student, self.adapter = teacher, student, nn.Linear(4, 8)

            def training_step(self, batch, index):
                with torch.no_grad():
                    wanted = self.teacher(batch["x"])
                given, logits = self.student(batch["x"])
                hint = F.mse_loss(self.adapter(given.detach()), wanted)  # want CR101 "`student.stem"
                return F.cross_entropy(logits, batch["y"]) + hint
        """
    )


def test_an_adapter_on_stopped_features_that_is_meant() -> None:
    check("""
        def probe_step(encoder, probe, x, y):
            z = encoder(x)
            loss = z.pow(2).mean() + F.mse_loss(probe(z.detach()), y)
            loss.backward()

        def curiosity_step(encoder, predictor, fixed, x, y):
            z = encoder(x)
            with torch.no_grad():
                t = fixed(z.detach())
            loss = F.cross_entropy(z, y) + F.mse_loss(predictor(z.detach()), t)
            loss.backward()

        def critic_step(encoder, q, q_target, target_encoder, batch):
            z = encoder(batch["obs"])
            with torch.no_grad():
                y = batch["reward"] + 0.99 * q_target(target_encoder(batch["next_obs"]))
            loss = F.mse_loss(q(z.detach()), y) + F.mse_loss(z, batch["goal"])
            loss.backward()

        def dynamics_step(encoder, model, target_encoder, batch):
            z = encoder(batch["obs"])
            with torch.no_grad():
                later = target_encoder(batch["next_obs"])
            loss = F.mse_loss(model(z.detach()), later) + z.pow(2).mean()
            loss.backward()
    """)


def test_generated_weights_that_another_function_installs() -> None:
    check("""
        class MainNet(nn.Module):
            def __init__(self):
                super().__init__()
                self.hidden, self.out = nn.Linear(3, 6), nn.Linear(6, 1)

            def forward(self, x):
                return self.out(torch.tanh(self.hidden(x)))

        class HyperNet(nn.Module):
            def __init__(self):
                super().__init__()
                self.embed, self.to_w = nn.Embedding(5, 4), nn.Linear(4, 18)

            def forward(self, task):
                return self.to_w(self.embed(task)).view(6, 3)

        def install(main, w):
            main.hidden.weight = nn.Parameter(w)  # want CR110 "`hyper.to_w.weight`"

        def meta_train(hyper, main, tasks):
            opt = torch.optim.Adam(hyper.parameters())
            for task, x, y in tasks:
                install(main, hyper(task))
                loss = F.mse_loss(main(x), y)
                opt.zero_grad()
                loss.backward()
                opt.step()

        def called(hyper, main, task, x, y):
            loss = F.mse_loss(torch.func.functional_call(main, {"hidden.weight": hyper(task)}, x), y)
            loss.backward()
    """)


def test_a_sum_of_yes_or_no_targets_counts_positives() -> None:
    check("""
        def onset_loss(logits, offset_pred, seg):
            onset = seg["onset"]
            found = F.binary_cross_entropy_with_logits(logits, seg["onset"])
            apart = (F.l1_loss(offset_pred, seg["offset"], reduction="none") * onset).sum()
            return found + apart / onset.sum()  # want CR304 "counts the positives"

        class HeatLoss(nn.Module):
            def __init__(self):
                super().__init__()
                self.bce = nn.BCELoss(reduction="sum")

            def forward(self, prob, truth):
                return self.bce(prob, truth) / truth.float().sum()  # want CR304 "`prob`"

        def guarded_loss(logits, offset, onset, gt):
            found = F.binary_cross_entropy_with_logits(logits, onset)
            n = onset.sum()
            if n == 0:
                return found
            return found + ((offset - gt).abs() * onset).sum() / n

        def bounded_loss(logits, offset, onset, gt):
            found = F.binary_cross_entropy_with_logits(logits, onset)
            return found + ((offset - gt).abs() * onset).sum() / onset.sum().clamp(min=1)

        def weighted_loss(pred, gt, w):
            return ((pred - gt).abs() * w).sum() / w.sum()

        def one_hot_loss(logits, y):
            t = F.one_hot(y, 5).float()
            return (F.binary_cross_entropy(logits, t, reduction="none") * 2).sum() / t.sum()
    """)


def test_a_step_on_what_the_network_gave_before() -> None:
    check("""
        class ActorCritic(nn.Module):
            def __init__(self):
                super().__init__()
                self.body, self.actor, self.critic = nn.Linear(4, 8), nn.Linear(8, 2), nn.Linear(8, 1)

            def forward(self, obs):
                h = torch.tanh(self.body(obs))
                return self.actor(h), self.critic(h).squeeze(-1)

        def update(model, optimizer, log_probs, values, rewards, last_obs):
            with torch.no_grad():
                _, future = model(last_obs)
            advantage = torch.stack(rewards) + future - torch.stack(values)
            loss = advantage.pow(2).mean() - (torch.stack(log_probs) * advantage.detach()).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

        def update_by(model, optimizer, rollout):
            with torch.no_grad():
                _, future = model(rollout.last_obs)
            loss = (rollout.rewards + future - rollout.values).pow(2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

        def fit(model, optimizer, pack):
            with torch.no_grad():  # want CR102 "`model.body.weight`"
                _, made = model(pack.frames)
            loss = F.mse_loss(made, pack.later)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    """)


def test_an_optimiser_of_what_a_comprehension_leaves_of_the_parameters() -> None:
    check("""
        class Net(nn.Module):
            def __init__(self, width):
                super().__init__()
                self.stem, self.head = nn.Linear(8, width), nn.Linear(width, 3)

            def forward(self, x):
                return self.head(F.relu(self.stem(x)))

        class Distiller(nn.Module):
            def __init__(self, teacher, student):
                super().__init__()
                self.teacher, self.student = teacher, student

            def forward(self, x, y):
                with torch.no_grad():
                    wanted = self.teacher(x)
                made = self.student(x)
                return F.cross_entropy(made, y) + F.mse_loss(made, wanted)

        class Stopped(Distiller):
            def forward(self, x, y):
                with torch.no_grad():  # want CR102
                    made = self.student(x)
                return F.cross_entropy(made, y)

        def train(distiller, loader):
            opt = torch.optim.SGD([p for p in distiller.parameters() if p.requires_grad], lr=0.05)
            for x, y in loader:
                opt.zero_grad()
                distiller(x, y).backward()
                opt.step()

        train(Distiller(Net(4), Net(4)), [])

        def train_stopped(stopped, loader):
            opt = torch.optim.SGD([p for p in stopped.parameters() if p.requires_grad], lr=0.05)
            for x, y in loader:
                opt.zero_grad()
                stopped(x, y).backward()
                opt.step()

        train_stopped(Stopped(Net(4), Net(4)), [])
    """)
