"""Logistic regression on standardised features, and a fair interval for the difference of two feature sets."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax
from scipy.stats import t as student

from vggdoctor.gather.probe.predictions import balanced_accuracy

PENALTY = 1.0
"""Weight of half the squared coefficients against the summed loss: scikit-learn's default (C = 1)."""

TEST_SHARE = 0.25
"""Of the pictures of each class, at least one, held out in each split (ours)."""


def fit_predict(train: np.ndarray, labels: np.ndarray, test: np.ndarray, classes: int) -> np.ndarray:
    """Classes (m,) for ``test`` (m, d) by a softmax regression fitted on ``train`` (n, d), both standardised by ``train``."""
    mean, spread = train.mean(axis=0), train.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    coefficients, bias = _fit((train - mean) / spread, np.eye(classes)[labels])
    chosen: np.ndarray = np.argmax((test - mean) / spread @ coefficients + bias, axis=1)
    return chosen


def _fit(x: np.ndarray, one_hot: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients (d, classes) and bias (classes,), the bias not penalised.

    By Newton's method with conjugate gradients: a hundredth of the time that SciPy's L-BFGS takes here where other processes use
    the cores, because its many small calls of a threaded LAPACK wait for each other.
    """
    shape = (x.shape[1] + 1, one_hot.shape[1])

    def log_share(flat: np.ndarray) -> np.ndarray:
        weights = flat.reshape(shape)
        return np.asarray(log_softmax(x @ weights[:-1] + weights[-1], axis=1))

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights, logs = flat.reshape(shape)[:-1], log_share(flat)
        error = np.exp(logs) - one_hot
        gradient = np.vstack([x.T @ error + PENALTY * weights, error.sum(axis=0)])
        return float(-np.sum(one_hot * logs) + 0.5 * PENALTY * np.sum(weights**2)), gradient.ravel()

    def curvature(flat: np.ndarray, direction: np.ndarray) -> np.ndarray:
        step, share = direction.reshape(shape), np.exp(log_share(flat))
        change = x @ step[:-1] + step[-1]
        change = share * (change - np.sum(share * change, axis=1, keepdims=True))
        return np.vstack([x.T @ change + PENALTY * step[:-1], change.sum(axis=0)]).ravel()

    start = np.zeros(shape).ravel()
    options = {"xtol": 1e-4, "maxiter": 50}
    found = minimize(loss, start, jac=True, hessp=curvature, method="Newton-CG", options=options).x.reshape(shape)
    return found[:-1], found[-1]


def stratified_split(labels: np.ndarray, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Rows for training and testing, the same share of every class."""
    train, test = [], []
    for label in np.unique(labels):
        rows = generator.permutation(np.flatnonzero(labels == label))
        held = max(1, round(TEST_SHARE * len(rows)))
        test.append(rows[:held])
        train.append(rows[held:])
    return np.concatenate(train), np.concatenate(test)


def paired_scores(
    first: np.ndarray, second: np.ndarray, labels: np.ndarray, splits: int, seed: int
) -> tuple[np.ndarray, np.ndarray, float]:
    """Balanced accuracies (splits,) of two feature sets of the same pictures on the same splits, and test / train size."""
    generator = np.random.default_rng(seed)
    classes = int(labels.max()) + 1
    scores: tuple[list[float], list[float]] = ([], [])
    ratio = 0.0
    for _ in range(splits):
        train, test = stratified_split(labels, generator)
        ratio = len(test) / len(train)
        for features, found in zip((first, second), scores, strict=True):
            predicted = fit_predict(features[train], labels[train], features[test], classes)
            found.append(balanced_accuracy(labels[test], predicted))
    return np.array(scores[0]), np.array(scores[1]), ratio


def corrected_interval(differences: np.ndarray, ratio: float, level: float = 0.95) -> tuple[float, float]:
    """Interval of the mean of paired differences over J overlapping splits: the corrected resampled t of Nadeau and Bengio (2003,
    Inference for the Generalization Error), variance (1/J + n_test/n_train) s^2 with J - 1 degrees of freedom."""
    count = len(differences)
    mean = float(differences.mean())
    spread = float(np.sqrt((1 / count + ratio) * differences.var(ddof=1)))
    half = float(student.ppf(0.5 + level / 2, count - 1)) * spread
    return mean - half, mean + half
