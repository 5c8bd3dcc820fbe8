import torch


class F1Trainer:
    """compute_loss as a transformers.Trainer calls it."""

    def __init__(self, num_labels=3):
        self.num_labels = num_labels

    def macro_f1(self, y_true, y_pred):
        scores = []
        for c in range(self.num_labels):
            tp = sum(1 for t, p in zip(y_true, y_pred) if t == c and p == c)
            fp = sum(1 for t, p in zip(y_true, y_pred) if t != c and p == c)
            fn = sum(1 for t, p in zip(y_true, y_pred) if t == c and p != c)
            scores.append(2 * tp / max(2 * tp + fp + fn, 1))
        return sum(scores) / len(scores)

    def compute_loss(self, model, inputs, return_outputs=False):
        labels = inputs["labels"]
        outputs = model(input_ids=inputs["input_ids"])
        logits = outputs["logits"]
        preds = logits.argmax(dim=-1).cpu().numpy()
        f1 = self.macro_f1(labels.cpu().numpy(), preds)
        loss = torch.tensor(1.0 - f1, requires_grad=True)
        return (loss, outputs) if return_outputs else loss
