import math


def huber_log(pred, y):
    ratio = math.exp(pred - y)
    return math.log1p(ratio)
