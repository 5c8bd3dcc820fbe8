import torch
import torch.nn.functional as F


def chosen_values(move_scores, engine_eval):
    best = move_scores.max(dim=1)[1]
    return engine_eval.gather(1, best.unsqueeze(1)).squeeze(1)


def book_loss(move_scores, engine_eval, result):
    value = torch.tanh(chosen_values(move_scores, engine_eval))
    return F.mse_loss(value, result)
