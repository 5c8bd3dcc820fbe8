import torch


def straightness(piece):
    if piece.shape[0] < 3:
        return None
    bend = piece[2:] - 2 * piece[1:-1] + piece[:-2]
    return bend.square().mean()


def ragged_loss(pieces, weight=0.5):
    terms = [t for t in map(straightness, pieces) if t is not None]
    if not terms:
        raise ValueError("every piece is too short")
    longest = max(len(p) for p in pieces)
    ends = torch.stack([p[-1] - p[0] for p in pieces])
    gap = ends.norm(dim=-1) / max(longest - 1, 1)
    return weight * torch.stack(terms).sum() + gap.mean()
