"""scikit-learn's own checks of estimators, on both of ours."""

from sklearn.utils.estimator_checks import parametrize_with_checks

from rbm import BernoulliRBM, ContinuousRBM


@parametrize_with_checks(
    [
        BernoulliRBM(n_components=5, n_iter=2),
        BernoulliRBM(n_components=5, n_iter=2, rule="pcd", momentum=0.5, centred=False),
        BernoulliRBM(n_components=3, n_iter=1, rule="exact"),
        ContinuousRBM(n_iter=5),
        ContinuousRBM(n_iter=5, rule="pcd", batch_size=7, average_last=0.0),
    ]
)
def test_scikit_learn_accepts_it(estimator, check):
    check(estimator)
