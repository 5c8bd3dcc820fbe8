"""Calls that op_db does not make, for operators about which no file of PyTorch's says anything.

Names: x, y positive floats (3, 4); v, w floats (4); s a symmetric positive definite (4, 4); i an index (4);
b a boolean mask (3, 4); image (2, 3, 8, 8); signal (2, 3, 8); volume (2, 3, 4, 4, 4); t integer targets (3).
"""

from __future__ import annotations

import torch

CALLS = """
torch.adaptive_max_pool1d(signal, 4)
torch.alpha_dropout(x, 0.5, True)
torch.feature_alpha_dropout(image, 0.5, True)
torch.feature_dropout(image, 0.5, True)
torch.dropout(x, 0.5, True)
torch.batch_norm(image, v3, u3, None, None, True, 0.1, 1e-5, False)
torch.instance_norm(image, v3, u3, None, None, True, 0.1, 1e-5, False)
torch.cosine_embedding_loss(x, y, sign3)
torch.hinge_embedding_loss(x, sign)
torch.margin_ranking_loss(x, y, sign)
torch.triplet_margin_loss(x, y, z)
torch.poisson_nll_loss(x, y, True, False, 1e-8, 1)
torch.kl_div(x, y)
torch.ctc_loss(logits, labels, lengths, sizes)
torch.embedding_bag(x, t, t)
torch.frobenius_norm(x, 1)
torch.nuclear_norm(x)
torch.norm_except_dim(x)
torch.native_channel_shuffle(image, 3)
torch.grid_sampler(image, grid, 0, 0, True)
torch.gru_cell(x, h, w_gru, u_gru)
torch.lstm_cell(x, (h, h2), w_lstm, u_lstm)
torch.rnn_relu_cell(x, h, w_rnn, u_rnn)
torch.rnn_tanh_cell(x, h, w_rnn, u_rnn)
torch.max_pool1d(signal, 2)
torch.max_pool1d_with_indices(signal, 2)
torch.max_pool3d(volume, 2)
torch.prelu(x - 0.5, v1)
torch.rrelu(x - 0.5, 0.1, 0.3, True)
torch.selu(x)
torch.slogdet(s)
torch.smm(sparse, s)
torch.sspaddmm(sparse, sparse, s)
torch.spmm(s, s)
torch.fake_quantize_per_tensor_affine(x, 0.1, 0, -128, 127)
torch.fake_quantize_per_channel_affine(x, v.float(), i.int(), 1, -128, 127)
torch.lobpcg(s9, 2)
torch.chain_matmul(x, s)
torch.lu(s)
torch.norm(x)
torch.istft(spectrum, 8, window=hann)
torch.stft(wave, 8, window=hann, return_complex=True)
torch.nn.functional.adaptive_max_pool1d_with_indices(signal, 4)
torch.nn.functional.adaptive_max_pool2d_with_indices(image, 4)
torch.nn.functional.adaptive_max_pool3d_with_indices(volume, 2)
torch.nn.functional.fractional_max_pool2d_with_indices(image, 2, output_size=3)
torch.nn.functional.fractional_max_pool3d_with_indices(volume, 2, output_size=2)
torch.nn.functional.max_pool1d_with_indices(signal, 2)
torch.nn.functional.affine_grid(theta, (2, 3, 4, 4))
torch.nn.functional.dropout1d(signal)
torch.nn.functional.fold(columns, (4, 4), 2)
torch.nn.functional.gumbel_softmax(x)
torch.nn.functional.lp_pool1d(signal, 2, 2)
torch.nn.functional.lp_pool2d(image, 2, 2)
torch.nn.functional.lp_pool3d(volume, 2, 2)
torch.nn.functional.hardsigmoid(x)
torch.nn.functional.hardswish(x)
torch.nn.functional.sigmoid(x)
torch.nn.functional.tanh(x)
torch.nn.functional.upsample(image, scale_factor=2)
torch.nn.functional.upsample_bilinear(image, scale_factor=2)
torch.nn.functional.upsample_nearest(image, scale_factor=2)
F.multi_head_attention_forward(x3, x3, x3, 4, 2, w_in, None, None, None, False, 0.0, s, None)
torch.Tensor.cpu(x)
torch.Tensor.fill_diagonal_(s, 0.5)
torch.Tensor.coalesce(sparse)
torch.Tensor.to_dense(sparse)
torch.Tensor.type_as(x, y)
torch.Tensor.apply_(x, abs)
torch.Tensor.detach(x)
torch.Tensor.detach_(x)
torch.Tensor.copy_(x, y)
torch.Tensor.requires_grad_(x)
torch.Tensor.unflatten(x, 1, (2, 2))
torch.Tensor.to_sparse_coo(x)
torch.Tensor.to_sparse_csr(x)
torch.Tensor.to_sparse_csc(x)
torch.Tensor.to_sparse_bsr(x, (1, 1))
torch.Tensor.to_sparse_bsc(x, (1, 1))
torch.Tensor.new_tensor(x, 1.0)
torch.dropout_(x, 0.5, True)
torch.alpha_dropout_(x, 0.5, True)
torch.feature_dropout_(image, 0.5, True)
torch.feature_alpha_dropout_(image, 0.5, True)
torch.rrelu_(x - 0.5, 0.1, 0.3, True)
torch.selu_(x)
torch.Tensor.share_memory_(x)
torch.Tensor.swapaxes_(x, 0, 1)
torch.Tensor.swapdims_(x, 0, 1)
torch.Tensor.set_(x, y)
torch.Tensor.resize_(x, (2, 2))
torch.Tensor.resize_as_(x, v)
torch.Tensor.bernoulli(x, 0.5)
torch.sparse_coo_tensor(pairs, v, (4, 4))
torch.sparse_csr_tensor(crow, i, v, (4, 4))
torch.sparse_csc_tensor(crow, i, v, (4, 4))
torch.normal(x, y)
torch.normal(x, 1.0)
torch.normal(0.0, y)
torch.fill(x, 2.0)
torch.real(c)
torch.imag(c)
torch.is_nonzero(one)
torch.linalg.tensorinv(s4)
torch.linalg.vander(v)
torch.masked.sum(x)
torch.broadcast_to(v, (3, 4))
torch.gather(x, 1, square)
torch.binomial(x, y)
torch.histogramdd(x, 3)
torch.bincount(t)
torch.where(b)
torch.max(x, y)
torch.min(x, y)
torch.repeat_interleave(x, 2)
torch.repeat_interleave(t)
torch.pca_lowrank(s9)
torch.svd_lowrank(s9)
torch.cdist(x, y)
torch.unravel_index(i, (2, 2))
torch.bucketize(x, v.sort().values)
torch.searchsorted(v.sort().values, x)
torch.gcd(t, t)
torch.lcm(t, t)
torch.bitwise_and(t, t)
torch.bitwise_or(t, t)
torch.bitwise_xor(t, t)
torch.bitwise_not(t)
torch.isclose(x, y)
torch.allclose(x, y)
torch.equal(x, y)
torch.numel(x)
"""

LAYERS = """
torch.nn.AdaptiveLogSoftmaxWithLoss(4, 6, [2])(x, t)
torch.nn.AlphaDropout()(x)
torch.nn.ChannelShuffle(3)(image)
torch.nn.CosineSimilarity()(x, y)
torch.nn.CrossMapLRN2d(2)(image)
torch.nn.Dropout()(x)
torch.nn.Dropout1d()(signal)
torch.nn.Dropout2d()(image)
torch.nn.Dropout3d()(volume)
torch.nn.EmbeddingBag(5, 3)(square)
torch.nn.FeatureAlphaDropout()(image)
torch.nn.Flatten()(image)
torch.nn.Fold((4, 4), 2)(columns)
torch.nn.Hardsigmoid()(x)
torch.nn.Identity()(x)
torch.nn.MaxUnpool1d(2)(halves, places)
torch.nn.MaxUnpool2d(2)(halves2, places2)
torch.nn.MaxUnpool3d(2)(halves3, places3)
torch.nn.NLLLoss2d()(image, labels2d)
torch.nn.PairwiseDistance()(x, y)
torch.nn.PixelShuffle(1)(image)
torch.nn.PixelUnshuffle(2)(image)
torch.nn.RReLU()(x - 0.5)
torch.nn.Sequential(torch.nn.Linear(4, 2))(x)
torch.nn.TransformerDecoder(torch.nn.TransformerDecoderLayer(4, 2, 8), 1)(x3, x3)
torch.nn.TripletMarginLoss()(x, y, z)
torch.nn.TripletMarginWithDistanceLoss()(x, y, z)
torch.nn.Unflatten(1, (2, 2))(x)
torch.nn.Unfold(2)(image)
torch.nn.Upsample(scale_factor=2)(image)
torch.nn.UpsamplingBilinear2d(scale_factor=2)(image)
torch.nn.UpsamplingNearest2d(scale_factor=2)(image)
"""


def namespace() -> dict[str, object]:
    torch.manual_seed(7)
    d = torch.float64
    x = torch.rand(3, 4, dtype=d) * 0.8 + 0.1
    symmetric = x.T @ x + torch.eye(4, dtype=d)
    big = torch.rand(9, 9, dtype=d)
    return {
        "torch": torch,
        "F": torch.nn.functional,
        "x": x,
        "y": torch.rand(3, 4, dtype=d) * 0.8 + 0.1,
        "z": torch.rand(3, 4, dtype=d) * 0.8 + 0.1,
        "x3": torch.rand(3, 2, 4, dtype=d),
        "v": torch.rand(4, dtype=d) + 0.1,
        "v1": torch.rand(1, dtype=d),
        "v3": torch.rand(3, dtype=d),
        "u3": torch.rand(3, dtype=d),
        "one": torch.ones(1, dtype=d),
        "s": symmetric,
        "s9": big @ big.T + torch.eye(9, dtype=d),
        "s4": symmetric.reshape(2, 2, 2, 2),
        "w_in": torch.rand(12, 4, dtype=d),
        "h": torch.rand(3, 5, dtype=d),
        "h2": torch.rand(3, 5, dtype=d),
        "w_gru": torch.rand(15, 4, dtype=d),
        "u_gru": torch.rand(15, 5, dtype=d),
        "w_lstm": torch.rand(20, 4, dtype=d),
        "u_lstm": torch.rand(20, 5, dtype=d),
        "w_rnn": torch.rand(5, 4, dtype=d),
        "u_rnn": torch.rand(5, 5, dtype=d),
        "i": torch.arange(4),
        "b": x > 0.5,
        "t": torch.tensor([0, 2, 1]),
        "square": torch.zeros(3, 2, dtype=torch.long),
        "pairs": torch.stack([torch.arange(4), torch.arange(4)]),
        "crow": torch.arange(5),
        "sign": (x > 0.5).double() * 2 - 1,
        "sign3": torch.tensor([1.0, -1.0, 1.0], dtype=d),
        "image": torch.rand(2, 3, 8, 8, dtype=d),
        "signal": torch.rand(2, 3, 8, dtype=d),
        "volume": torch.rand(2, 3, 4, 4, 4, dtype=d),
        "halves": torch.rand(2, 3, 4, dtype=d),
        "places": torch.arange(0, 8, 2).expand(2, 3, 4),
        "halves2": torch.rand(2, 3, 2, 2, dtype=d),
        "places2": torch.tensor([0, 2, 8, 10]).reshape(2, 2).expand(2, 3, 2, 2),
        "halves3": torch.rand(2, 3, 1, 1, 2, dtype=d),
        "places3": torch.tensor([0, 2]).expand(2, 3, 1, 1, 2),
        "labels2d": torch.zeros(2, 8, 8, dtype=torch.long),
        "columns": torch.rand(1, 12, 9, dtype=d),
        "grid": torch.rand(2, 4, 4, 2, dtype=d) - 0.5,
        "theta": torch.rand(2, 2, 3, dtype=d),
        "c": torch.rand(3, 4, dtype=torch.complex128),
        "sparse": (symmetric * torch.eye(4, dtype=d)).to_sparse(),
        "wave": torch.rand(64, dtype=d),
        "hann": torch.hann_window(8, dtype=d) + 0.1,
        "spectrum": torch.stft(torch.rand(64), 8, window=torch.ones(8), return_complex=True).to(
            torch.complex128
        ),
        "logits": torch.randn(6, 2, 5, dtype=d).log_softmax(-1),
        "labels": torch.tensor([[1, 2], [3, 4]]),
        "lengths": torch.tensor([6, 6]),
        "sizes": torch.tensor([2, 2]),
    }


# Functions that give one list of tensors, whatever its length.
LISTS = {"split", "broadcast_tensors", "meshgrid", "atleast_1d", "atleast_2d", "atleast_3d", "cartesian_prod"}

# Functions written in C++ whose signature is only in the documentation.
SIGNATURES = {"sparse.mm": "mat1 mat2 reduce"}

# Names of outputs that Python functions return as plain tuples, in PyTorch's own documentation.
OUTPUTS = (
    {
        "unique": ["output", "inverse_indices", "counts"],
        "unique_consecutive": ["output", "inverse_indices", "counts"],
        "lu": ["LU", "pivots", "infos"],
        "nn.AdaptiveLogSoftmaxWithLoss()": ["output", "loss"],
        "nn.LSTM()": ["output", "h_n", "c_n"],
        "nn.GRU()": ["output", "h_n"],
        "nn.RNN()": ["output", "h_n"],
        "nn.LSTMCell()": ["h_1", "c_1"],
        "nn.MultiheadAttention()": ["attn_output", "attn_output_weights"],
        "lobpcg": ["eigenvalues", "eigenvectors"],
        "pca_lowrank": ["U", "S", "V"],
        "svd_lowrank": ["U", "S", "V"],
        "nn.functional.multi_head_attention_forward": ["attn_output", "attn_output_weights"],
    }
    | {
        f"nn.functional.{kind}_max_pool{n}d{suffix}".replace(".plain_", "."): ["output", "indices"]
        for kind in ("plain", "adaptive", "fractional")
        for n in (1, 2, 3)
        for suffix in ("", "_with_indices")
    }
    | {
        f"nn.{kind}MaxPool{n}d()": ["output", "indices"]
        for kind in ("", "Adaptive", "Fractional")
        for n in (1, 2, 3)
    }
)
