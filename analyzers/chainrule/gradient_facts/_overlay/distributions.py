"""torch.distributions: which methods of which distribution pass the gradient to its parameters."""

from __future__ import annotations

from chainrule.gradient_facts._overlay.fact import Fact
from chainrule.gradient_facts.operators import Reason

_NORMAL = "torch.distributions.Normal(x, y)"
_CUT = "input:c sample_shape > result:c > overlay"
_PARAMETERS = {
    "Bernoulli": "probs logits",
    "Beta": "concentration1 concentration0",
    "Binomial": "total_count probs logits",
    "Categorical": "probs logits",
    "Cauchy": "loc scale",
    "Chi2": "df",
    "ContinuousBernoulli": "probs logits",
    "Dirichlet": "concentration",
    "Exponential": "rate",
    "FisherSnedecor": "df1 df2",
    "Gamma": "concentration rate",
    "Geometric": "probs logits",
    "Gumbel": "loc scale",
    "HalfCauchy": "scale",
    "HalfNormal": "scale",
    "InverseGamma": "concentration rate",
    "Kumaraswamy": "concentration1 concentration0",
    "LKJCholesky": "dim concentration",
    "Laplace": "loc scale",
    "LogNormal": "loc scale",
    "LogisticNormal": "loc scale",
    "LowRankMultivariateNormal": "loc cov_factor cov_diag",
    "Multinomial": "total_count probs logits",
    "MultivariateNormal": "loc covariance_matrix precision_matrix scale_tril",
    "NegativeBinomial": "total_count probs logits",
    "Normal": "loc scale",
    "OneHotCategorical": "probs logits",
    "OneHotCategoricalStraightThrough": "probs logits",
    "Pareto": "scale alpha",
    "Poisson": "rate",
    "RelaxedBernoulli": "temperature probs logits",
    "RelaxedOneHotCategorical": "temperature probs logits",
    "StudentT": "df loc scale",
    "Uniform": "low high",
    "VonMises": "loc concentration",
    "Weibull": "scale concentration",
    "Wishart": "df covariance_matrix precision_matrix scale_tril",
}
WITHOUT_RSAMPLE = frozenset(
    {
        "Bernoulli",
        "Binomial",
        "Categorical",
        "Geometric",
        "LKJCholesky",
        "Multinomial",
        "NegativeBinomial",
        "OneHotCategorical",
        "Poisson",
        "VonMises",
    }
)

FACTS: dict[str, Fact] = {
    **{
        f"distributions.{name}": Fact(
            " ".join(f"{p}:f" for p in parameters.split()) + " validate_args > result:f > overlay"
        )
        for name, parameters in _PARAMETERS.items()
    },
    "distributions.Independent": Fact("base_distribution:f reinterpreted_batch_ndims > result:f > overlay"),
    "distributions.TransformedDistribution": Fact("base_distribution:f transforms > result:f > overlay"),
    "distributions.MixtureSameFamily": Fact(
        "mixture_distribution:f component_distribution:f > result:f > overlay"
    ),
    "distributions.Distribution.sample": Fact(_CUT, f"{_NORMAL}.sample()", Reason.SAMPLING),
    "distributions.Distribution.sample_n": Fact(
        "input:c n > result:c > overlay", f"{_NORMAL}.sample_n(2)", Reason.SAMPLING
    ),
    "distributions.Distribution.rsample": Fact(
        "input:f sample_shape > result:f > overlay", f"{_NORMAL}.rsample()"
    ),
    **{
        f"distributions.{name}.rsample": Fact(
            _CUT, f"torch.distributions.{name}.has_rsample", Reason.SAMPLING
        )
        for name in sorted(WITHOUT_RSAMPLE)
    },
    "distributions.Distribution.log_prob": Fact(
        "input:fs value:fs > result:f > overlay", f"{_NORMAL}.log_prob(y)"
    ),
    "distributions.Distribution.entropy": Fact("input:f > result:f > overlay", f"{_NORMAL}.entropy()"),
    "distributions.Distribution.cdf": Fact("input:f value:f > result:f > overlay", f"{_NORMAL}.cdf(y)"),
    "distributions.Distribution.icdf": Fact("input:f value:f > result:f > overlay", f"{_NORMAL}.icdf(y)"),
    "distributions.Distribution.perplexity": Fact("input:f > result:f > overlay", f"{_NORMAL}.perplexity()"),
    **{
        f"distributions.Distribution.{name}": Fact("input:f > result:f > overlay", f"{_NORMAL}.{name}")
        for name in ("mean", "stddev", "variance")
    },
    **{
        f"distributions.Distribution.{name}": Fact(
            "input:f > result:f > overlay", f"torch.distributions.Bernoulli(probs=x).{name}"
        )
        for name in ("probs", "logits")
    },
    "distributions.Distribution.enumerate_support": Fact(
        "input:c expand > result:c > overlay",
        "torch.distributions.Bernoulli(probs=x).enumerate_support()",
        Reason.CONSTANT,
    ),
    "distributions.kl_divergence": Fact(
        "p:f q:f > result:f > overlay",
        f"torch.distributions.kl_divergence({_NORMAL}, torch.distributions.Normal(y, x))",
    ),
}
FACTS["distributions.kl.kl_divergence"] = FACTS["distributions.kl_divergence"]
