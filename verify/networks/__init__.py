"""Networks against theory: procedures that return a Finding, and the wrong twins of each.

    rates_on_circle, rates_on_sphere, rates_on_three_sphere, rates_on_nine_sphere
                                      log decay of every degree against the population's, over seeds
    initial_kernel                    the kernel at the start against its limit, over hidden units
    odd_degrees_fixed                 degrees 3, 5, ... never move, exactly
    gaussian_limit                    random networks of depth 2 to 4 against the Gaussian process
    learning_curves                   kernel regression on samples against the self-consistent theory
    loss_power                        the loss of trained networks against a power of time
    posterior_draws                   sample-then-optimise against the posterior of NNGP(depth)
    ridge_rates                       the risk of ridge regression by smoothness against its power of n
    ridge_training                    training with a penalty against kernel ridge regression
    deep_initial_kernel, deep_own_kernel, deep_odd_degrees
                                      depths 2 to 4 on S^2: kernel at the start, training, degree 3
    feature_images, feature_ct, feature_mri
                                      Fourier features for images, tomography, magnetic resonance
    feature_solid, feature_pictures   and for the occupancy of a solid and a radiance field from pictures
    gram_order, misspecified          order of degrees under seven distributions of the data
    kept_order                        the same under Cao et al.'s three kinds, on S^9
    density_speed, density_split      piecewise-constant densities on S^1
    cao_mixture                       section 5.1 of Cao et al.: random points on S^9
    kernel_start, kernel_drift, linearisation, rate_width
                                      what falls with the width, and how fast
    cao_bound, cao_order              theorem 4.2 of Cao et al., and what low degrees need less of
    any_target                        targets outside the RKHS follow the same rates
    learning_time                     time to learn frequency k on S^1 against k^2
    frequency_order, frequency_robust, frequency_kernel, transform_decay
                                      deep networks on sums of sinusoids; transforms of ReLU networks
    learning_rate_edge                convergence below eta lambda_max = 2, and what comes beyond

A procedure takes a `verify.findings.claim.Context`. TWINS holds, for each, a function of the same context
that holds wrong theories against the same networks, without training them again: every Finding it
returns must be FAILS. Findings of either say so where their test has no power (`statistics.NO_POWER`).
Nothing heavy is imported before the first call.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from verify.findings.claim import Context, Finding


def _in(module: str, name: str) -> Callable[[Context], Any]:
    def call(context: Context) -> Any:
        found = getattr(import_module(f"verify.networks.{module}"), name)(context)
        return {twin: _weighed(one) for twin, one in found.items()} if isinstance(found, dict) else _weighed(found)

    call.__name__ = call.__qualname__ = name
    return call


rates_on_circle = _in("rates", "on_circle")
rates_on_sphere = _in("rates", "on_sphere")
rates_on_three_sphere = _in("rates", "on_three_sphere")
rates_on_nine_sphere = _in("rates", "on_nine_sphere")
initial_kernel = _in("initial", "initial_kernel")
odd_degrees_fixed = _in("odd", "odd_degrees_fixed")
cao_mixture = _in("mixture", "mixture")
designed_rates = _in("design", "designed_rates")
bandwidth = _in("fourier", "bandwidth")
feature_images = _in("images", "images")
feature_solid = _in("scenes", "solid")
feature_pictures = _in("scenes", "pictures")
feature_ct = _in("images", "ct")
feature_mri = _in("images", "mri")
eigen_decay = _in("eigenbasis", "decay")
eigen_order = _in("eigenbasis", "order")
frequency_order = _in("rahaman", "order")
frequency_robust = _in("rahaman", "robust")
frequency_kernel = _in("rahaman", "kernel")
transform_decay = _in("fourier_decay", "decay")
gaussian_limit = _in("gaussian", "gaussian_limit")
deep_initial_kernel = _in("deep_start", "deep_kernel")
deep_own_kernel = _in("deep", "own_kernel")
deep_odd_degrees = _in("deep", "odd_degrees")
gram_order = _in("density", "gram_order")
misspecified = _in("density", "misspecified")
kept_order = _in("density", "kept_order")
density_speed = _in("arcs", "speed")
density_split = _in("arcs", "pair")
learning_curves = _in("curves", "learning_curves")
loss_power = _in("power", "loss_power")
posterior_draws = _in("posterior", "posterior_draws")
ridge_rates = _in("smoothness", "ridge_rates")
ridge_training = _in("ridge", "ridge_training")
kernel_start = _in("widths", "start")
kernel_drift = _in("widths", "drift")
linearisation = _in("widths", "linear")
rate_width = _in("rate_widths", "rate_errors")
learning_rate_edge = _in("edge", "edge")
any_target = _in("targets", "any_target")
learning_time = _in("times", "learning_time")
cao_bound = _in("theorem", "bound")
cao_order = _in("theorem", "order")

PROCEDURES = {
    "rates-circle": rates_on_circle,
    "rates-sphere": rates_on_sphere,
    "rates-sphere-3": rates_on_three_sphere,
    "rates-sphere-9": rates_on_nine_sphere,
    "initial-kernel": initial_kernel,
    "odd-degrees": odd_degrees_fixed,
    "cao-mixture": cao_mixture,
    "designed-rates": designed_rates,
    "bandwidth": bandwidth,
    "feature-images": feature_images,
    "feature-solid": feature_solid,
    "feature-pictures": feature_pictures,
    "feature-ct": feature_ct,
    "feature-mri": feature_mri,
    "eigen-decay": eigen_decay,
    "eigen-order": eigen_order,
    "frequency-order": frequency_order,
    "frequency-robust": frequency_robust,
    "frequency-kernel": frequency_kernel,
    "fourier-decay": transform_decay,
    "lee-gp": gaussian_limit,
    "deep-initial-kernel": deep_initial_kernel,
    "deep-own-kernel": deep_own_kernel,
    "deep-odd-degrees": deep_odd_degrees,
    "gram-order": gram_order,
    "cao-misspecified": misspecified,
    "cao-densities": kept_order,
    "basri-density-speed": density_speed,
    "density-split": density_split,
    "bordelon-curves": learning_curves,
    "vy-loss-trained": loss_power,
    "posterior-draws": posterior_draws,
    "ridge-rates": ridge_rates,
    "ridge-training": ridge_training,
    "kernel-start": kernel_start,
    "kernel-drift": kernel_drift,
    "linearisation": linearisation,
    "rate-width": rate_width,
    "learning-rate-edge": learning_rate_edge,
    "any-target": any_target,
    "learning-time": learning_time,
    "cao-bound": cao_bound,
    "cao-order": cao_order,
}
TWINS = {
    "rates-circle": _in("rates", "circle_twins"),
    "rates-sphere": _in("rates", "sphere_twins"),
    "rates-sphere-3": _in("rates", "three_sphere_twins"),
    "rates-sphere-9": _in("rates", "nine_sphere_twins"),
    "initial-kernel": _in("initial", "initial_twins"),
    "odd-degrees": _in("odd", "odd_twins"),
    "cao-mixture": _in("mixture", "mixture_twins"),
    "designed-rates": _in("design", "design_twins"),
    "bandwidth": _in("fourier", "bandwidth_twins"),
    "feature-images": _in("images", "image_twins"),
    "feature-solid": _in("scenes", "solid_twins"),
    "feature-pictures": _in("scenes", "picture_twins"),
    "feature-ct": _in("images", "ct_twins"),
    "feature-mri": _in("images", "mri_twins"),
    "eigen-decay": _in("eigenbasis", "decay_twins"),
    "eigen-order": _in("eigenbasis", "order_twins"),
    "frequency-order": _in("rahaman", "order_twins"),
    "frequency-robust": _in("rahaman", "robust_twins"),
    "frequency-kernel": _in("rahaman", "kernel_twins"),
    "fourier-decay": _in("fourier_decay", "decay_twins"),
    "lee-gp": _in("gaussian", "gaussian_twins"),
    "deep-initial-kernel": _in("deep_start", "deep_kernel_twins"),
    "deep-own-kernel": _in("deep", "own_twins"),
    "deep-odd-degrees": _in("deep", "odd_twins"),
    "gram-order": _in("density", "gram_order_twins"),
    "cao-misspecified": _in("density", "misspecified_twins"),
    "cao-densities": _in("density", "kept_order_twins"),
    "basri-density-speed": _in("arcs", "speed_twins"),
    "density-split": _in("arcs", "pair_twins"),
    "bordelon-curves": _in("curves", "curve_twins"),
    "vy-loss-trained": _in("power", "power_twins"),
    "posterior-draws": _in("posterior", "posterior_twins"),
    "ridge-rates": _in("smoothness", "rate_twins"),
    "ridge-training": _in("ridge", "ridge_twins"),
    "kernel-start": _in("widths", "start_twins"),
    "kernel-drift": _in("widths", "drift_twins"),
    "linearisation": _in("widths", "linear_twins"),
    "rate-width": _in("rate_widths", "rate_twins"),
    "learning-rate-edge": _in("edge", "edge_twins"),
    "any-target": _in("targets", "target_twins"),
    "learning-time": _in("times", "time_twins"),
    "cao-bound": _in("theorem", "bound_twins"),
    "cao-order": _in("theorem", "order_twins"),
}

# Where a claim FAILS, twins that fail prove nothing of its judge: statements known to be true, of the same networks,
# each of which it must call HOLDS.
COMPANIONS = {
    "cao-misspecified": _in("density", "misspecified_companions"),
    "frequency-kernel": _in("rahaman", "kernel_companions"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """How one experiment of `numerics` is judged and drawn, as "module:function" below verify.

    judge(config, data) -> Finding; figure(data) -> matplotlib Figure; prepare(config) -> config puts
    in the numbers that theory derives from a text, where there is one.
    """

    judge: str
    figure: str
    prepare: str = ""

    def finding(self, config: Any, data: Any) -> Finding:
        """The verdict on one result."""
        return _weighed(_function(f"verify.networks.{self.judge}")(config, data))

    def prepared(self, config: Any) -> Any:
        """The config with the numbers of theory put in."""
        return _function(f"verify.networks.{self.prepare}")(config) if self.prepare else config

    def drawing(self, data: Any) -> Any:
        """The figure of one result."""
        return _function(f"verify.figures.{self.figure}")(data)


def _weighed(found: Finding) -> Finding:
    weighed: Callable[[Finding], Finding] = import_module("verify.networks.population").weighed
    return weighed(found)


def _function(place: str) -> Callable[..., Any]:
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)


# Every experiment that `spectral-bias train` knows, by the name it has in numerics.experiments.
EXPERIMENTS = {
    "cao-circle": Shown("rates:judge_circle", "decay:decay_curves"),
    "cao-mixture": Shown("mixture:judge", "decay:decay_curves"),
    "cao-sphere": Shown("rates:judge_sphere", "decay:decay_curves"),
    "design": Shown("design:judge", "fourier:designed_spectrum", "design:prepared"),
    "eigenbasis": Shown("eigenbasis:judge", "eigenbasis:eigen_decay"),
    "rahaman": Shown("rahaman:judge", "rahaman:frequency_map"),
    "fourier-decay": Shown("fourier_decay:judge", "fourier_decay:transforms"),
    "fourier-1d": Shown("fourier:judge_1d", "fourier:error_against_exponent"),
    "fourier-image": Shown("images:judge", "images:reconstructions"),
    "fourier-shape": Shown("scenes:judge_solid", "scenes:solid"),
    "rendering": Shown("scenes:judge_pictures", "scenes:pictures"),
    "ct": Shown("images:judge", "images:reconstructions"),
    "mri": Shown("images:judge", "images:reconstructions"),
    "basri-density": Shown("arcs:judge", "density:speed"),
    "deep-sphere": Shown("deep:judge", "deep:odd_degrees"),
    "gaussian-limit": Shown("gaussian:judge", "initial:gaussian_limit"),
    "learning-curves": Shown("curves:judge", "regression:learning_curves"),
    "loss-power": Shown("power:judge", "regression:loss_power"),
    "posterior": Shown("posterior:judge", "regression:posterior"),
    "ridge-rates": Shown("smoothness:judge", "regression:ridge_rates"),
    "ridge-training": Shown("ridge:judge", "regression:ridge_training"),
    "cao-targets": Shown("targets:judge", "two_layer:cao_targets"),
    "cao-theorem": Shown("theorem:judge", "two_layer:cao_theorem"),
    "circle-time": Shown("times:judge", "two_layer:circle_time"),
    "learning-rate-edge": Shown("edge:judge", "two_layer:learning_rate_edge"),
    "non-uniform": Shown("density:judge", "density:orders"),
    "width-laws": Shown("widths:judge", "two_layer:width_laws"),
}
