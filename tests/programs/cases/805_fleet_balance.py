import torch


def zone_totals(demand, zones):
    return {z: demand[zones == z].sum() for z in zones.unique().tolist()}


def fleet_loss(demand, zones, fleet):
    totals = zone_totals(demand.exp(), zones)
    need = torch.tensor([totals[z] for z in range(len(fleet))])
    return torch.relu(need - fleet).mean() + 0.1 * (need - fleet).abs().mean()
