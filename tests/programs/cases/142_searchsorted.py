import torch


def calibrate(p, edges, hit):
    bucket = torch.bucketize(p, edges)
    conf = bucket.float() / (len(edges) - 1)
    return (conf - hit).pow(2).mean()
