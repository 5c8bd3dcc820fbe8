import torch
import torch.nn as nn

N_MEL, FRAMES, PITCHES = 8, 12, 5


def segment(onset_frames):
    """mel excerpt, onset activation and pitch per frame"""
    onset = torch.zeros(FRAMES)
    onset[onset_frames] = 1.0
    pitch = torch.randint(0, PITCHES, (FRAMES,))
    return {"mel": torch.randn(1, N_MEL, FRAMES), "onset": onset, "pitch": pitch}


class OnsetCNN(nn.Module):
    def __init__(self, c=6):
        super().__init__()
        self.conv = nn.Conv1d(N_MEL, c, 5, padding=2)
        self.onset = nn.Linear(c, 1)
        self.pitch = nn.Linear(c, PITCHES)

    def forward(self, mel):
        h = torch.relu(self.conv(mel)).squeeze(0).t()
        return self.onset(h).squeeze(-1), self.pitch(h)


class OnsetLoss(nn.Module):
    def __init__(self, onset_weight=1.0, pitch_weight=0.3):
        super().__init__()
        self.bce = nn.BCEWithLogitsLoss()
        self.ce = nn.CrossEntropyLoss(reduction="none")
        self.w = (onset_weight, pitch_weight)

    def forward(self, outputs, seg):
        onset_logits, pitch_logits = outputs
        on_weight = seg["onset"]
        l_onset = self.bce(onset_logits, seg["onset"])
        l_pitch = torch.dot(self.ce(pitch_logits, seg["pitch"]), on_weight) / torch.sum(on_weight)
        return self.w[0] * l_onset + self.w[1] * l_pitch


def train_and_eval(model, train_set, valid_set, epochs=1):
    criterion = OnsetLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    split_train, split_valid, best = [], [], None
    for epoch in range(epochs):
        model.train()
        for seg in train_set:
            optimizer.zero_grad()
            loss = criterion(model(seg["mel"]), seg)
            loss.backward()
            optimizer.step()
            split_train.append(loss.item())
        model.eval()
        with torch.no_grad():
            scores = [criterion(model(s["mel"]), s).item() for s in valid_set]
        split_valid.append(sum(scores) / len(scores))
        if split_valid[-1] == min(split_valid):
            best = {k: v.cpu().clone() for k, v in model.state_dict().items()}
    return split_train, split_valid, best
