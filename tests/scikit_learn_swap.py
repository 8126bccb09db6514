"""A pytest plugin: whoever imports scikit-learn's BernoulliRBM gets ours."""

import sklearn.neural_network

from rbm import BernoulliRBM

sklearn.neural_network.BernoulliRBM = BernoulliRBM
