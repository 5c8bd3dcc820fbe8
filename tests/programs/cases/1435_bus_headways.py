import numpy as np
import torch


def bunching(departures):
    times = departures.numpy(force=True)
    gaps = np.diff(np.sort(times, axis=1), axis=1)
    spread = gaps.std(axis=1) / (gaps.mean(axis=1) + 1e-6)
    return torch.tensor(spread)


def headway_loss(departures, timetable, weight=0.2):
    irregular = bunching(departures).mean()
    shift = (departures - timetable).abs().mean().detach()
    return irregular + weight * shift
