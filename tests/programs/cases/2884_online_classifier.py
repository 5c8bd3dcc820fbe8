from typing import Any, Dict, List, Sequence

import torch
import torch.nn as nn
import torch.nn.functional as F


class BaseMethod(nn.Module):
    def __init__(self, num_features: int = 8, num_classes: int = 3):
        super().__init__()
        self.encoder = nn.Linear(6, num_features)
        self.classifier = nn.Linear(num_features, num_classes)
        self.logged: Dict[str, float] = {}

    def forward(self, X: torch.Tensor) -> Dict[str, torch.Tensor]:
        feats = torch.relu(self.encoder(X))
        logits = self.classifier(feats.detach())
        return {"logits": logits, "feats": feats}

    def shared_step(self, crops: List[torch.Tensor], targets: torch.Tensor) -> Dict[str, Any]:
        outs = [self.forward(x) for x in crops]
        losses = [F.cross_entropy(o["logits"], targets) for o in outs]
        acc = (outs[0]["logits"].argmax(1) == targets).float().mean()
        self.logged["train_acc1"] = acc.item()
        return {"loss": sum(losses) / len(losses), "feats": [o["feats"] for o in outs]}


class SimCLR(BaseMethod):
    def __init__(self, proj: int = 4, temperature: float = 0.2, **kwargs):
        super().__init__(**kwargs)
        self.projector = nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, proj))
        self.temperature = temperature

    def training_step(self, batch: Sequence[Any], batch_idx: int) -> torch.Tensor:
        crops, targets = batch
        out = self.shared_step(crops, targets)
        class_loss = out["loss"]
        z1, z2 = (F.normalize(self.projector(f), dim=-1) for f in out["feats"])
        logits = z1 @ z2.t() / self.temperature
        nce_loss = F.cross_entropy(logits, torch.arange(len(z1), device=z1.device))
        return nce_loss + class_loss
