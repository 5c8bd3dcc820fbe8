import itertools


def c_index_loss(risk, time):
    good, pairs = 0, 0
    for i, j in itertools.combinations(range(len(risk)), 2):
        good += (risk[i] > risk[j]) if time[i] < time[j] else (risk[i] < risk[j])
        pairs += 1
    return 1 - good / pairs
