import torch


def dense_adj(edge_index, n):
    adj = torch.zeros(n, n)
    adj[edge_index[0], edge_index[1]] = 1.0
    adj[edge_index[1], edge_index[0]] = 1.0
    return adj.fill_diagonal_(1.0)


def mincut_loss(x, edge_index, assign):
    """Relaxed normalised cut of a graph into k clusters, with the orthogonality term."""
    adj = dense_adj(edge_index, x.size(0))
    s = assign(x).softmax(dim=-1)
    k = s.size(1)

    degree = torch.diag(adj.sum(1))
    cut = torch.trace(s.t() @ adj @ s) / torch.trace(s.t() @ degree @ s)

    ss = s.t() @ s
    eye = torch.eye(k)
    ortho = torch.norm(ss / torch.norm(ss) - eye / torch.norm(eye))

    out_adj = (s.t() @ adj @ s).detach()
    out_adj[range(k), range(k)] = 0
    return ortho - cut, out_adj
