import torch


def empirical_cdf(sample, reference):
    ordered = torch.sort(reference).values
    below = torch.searchsorted(ordered, sample)
    return below / len(ordered)


def uniformity_loss(income, survey):
    """Ranks of the simulated incomes within the survey ought to be uniform."""
    ranks = empirical_cdf(income, survey)
    wanted = torch.linspace(0, 1, len(income))
    return (torch.sort(ranks).values - wanted).square().mean()
