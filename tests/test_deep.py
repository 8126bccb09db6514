"""A stack of machines: what one passes on, and what the top of it draws."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from rbm.binary_settings import BinarySettings
from rbm.binary_training import train
from rbm.deep import DeepBeliefNetwork, Layer, advance, stack, start
from tests.binary_machines import all_states, bars_and_stripes, joint_by_hand, random_machine

LAYERS = [
    BinarySettings(n_hidden=6, batch_size=0, learning_rate=0.5, initial_scale=0.5),
    BinarySettings(n_hidden=4, batch_size=0, seed=1, learning_rate=0.2, initial_scale=0.5),
    BinarySettings(n_hidden=3, batch_size=0, seed=2, initial_scale=0.5),
]
DRAWS = 20_000


def tower():
    return DeepBeliefNetwork(
        (
            random_machine(1, 4, 3, spread=2.0),
            random_machine(2, 3, 2, spread=2.0),
            random_machine(3, 2, 2, spread=2.0),
        )
    )


def conditional(machine):
    """p(v | h) of all states, (2^n_hidden, 2^n_visible), from the joint distribution."""
    joint = joint_by_hand(machine)
    return (joint / joint.sum(axis=0)).T


def test_samples_from_the_top_have_the_law_of_the_network():
    """p(v) = Σ p_top(h2, h3) p(h1 | h2) p(v | h1), all by enumeration."""
    network, rng = tower(), np.random.default_rng(0)
    lowest, middle, top = network.machines
    p = joint_by_hand(top).sum(axis=1) @ conditional(middle) @ conditional(lowest)
    starts = np.repeat(all_states(4)[[3]], DRAWS, axis=0)
    drawn = network.sample(starts, 60, rng, noisy=True)
    seen = np.bincount((drawn @ [8, 4, 2, 1]).astype(int), minlength=16)
    assert stats.chisquare(seen, DRAWS * p).pvalue > 1e-4
    means = network.sample(starts, 60, rng)
    assert means.mean(axis=0) == pytest.approx(p @ all_states(4), abs=4.5 * 0.5 / np.sqrt(DRAWS))
    assert not np.isin(means, [0.0, 1.0]).any()


def test_one_layer_is_the_machine_itself():
    machine = random_machine(4)
    network, rng = DeepBeliefNetwork((machine,)), np.random.default_rng(1)
    drawn = network.sample(np.zeros((DRAWS, 4)), 30, rng, noisy=True)
    seen = np.bincount((drawn @ [8, 4, 2, 1]).astype(int), minlength=16)
    assert stats.chisquare(seen, DRAWS * joint_by_hand(machine).sum(axis=1)).pvalue > 1e-4


def test_up_and_down_go_through_each_machine_in_turn():
    network = tower()
    lowest, middle, top = network.machines
    v = all_states(4)
    h = top.mean_h_from_v(middle.mean_h_from_v(lowest.mean_h_from_v(v)))
    assert network.up(v) == pytest.approx(h)
    rng = np.random.default_rng(5)
    h2 = top.sample_v_from_h(all_states(2), rng)
    h1 = middle.sample_v_from_h(h2, rng)
    expected = lowest.mean_v_from_h(h1)
    assert network.down(all_states(2), np.random.default_rng(5)) == pytest.approx(expected)


def test_each_layer_learns_the_probabilities_below_it():
    data = bars_and_stripes(2)
    network = stack(LAYERS, data, 20)
    assert [machine.weights.shape for machine in network.machines] == [(4, 6), (6, 4), (4, 3)]
    below = data
    for settings, machine in zip(LAYERS, network.machines, strict=True):
        alone = train(settings, below, 20)
        assert np.array_equal(alone.machine.parameters, machine.parameters)
        below = alone.machine.mean_h_from_v(below)


def test_slices_of_any_size_end_at_the_same_network():
    data = bars_and_stripes(2)
    layers = [Layer(LAYERS[0], 5), Layer(LAYERS[1], 3), Layer(LAYERS[2], 4)]
    whole = advance(start(layers, data), 100)
    assert whole.epoch == whole.epochs == 12
    assert [run.epoch for run in whole.runs] == [5, 3, 4]
    sliced, seen = start(layers, data), []
    while sliced.epoch < sliced.epochs:
        sliced = advance(sliced, 2)
        seen.append((sliced.epoch, len(sliced.runs)))
    assert seen == [(2, 1), (4, 1), (6, 2), (8, 2), (10, 3), (12, 3)]
    for one, other in zip(whole.network.machines, sliced.network.machines, strict=True):
        assert np.array_equal(one.parameters, other.parameters)
    assert advance(whole, 3).epoch == 12


def test_layers_are_stacked_on_machines_that_are_there():
    data = bars_and_stripes(2)
    bottom = random_machine(7, 4, 6)
    run = start([Layer(LAYERS[1], 3)], data, [bottom])
    assert run.network.machines[0] is bottom
    grown = advance(run, 3)
    alone = train(LAYERS[1], bottom.mean_h_from_v(data), 3)
    assert np.array_equal(grown.network.machines[1].parameters, alone.machine.parameters)
    assert grown.network.machines[0] is bottom
    with pytest.raises(ValueError, match="1 to 3 layers; got 4"):
        start([Layer(LAYERS[1], 1)] * 3, data, [bottom])
    with pytest.raises(ValueError, match="at least one epoch"):
        Layer(LAYERS[1], 0)


def test_a_layer_that_diverges_stops_the_stack_and_says_why():
    wild = replace(LAYERS[0], visible="gaussian", learning_rate=10.0, momentum=0.99)
    run = start([Layer(wild, 500), Layer(LAYERS[1], 2)], np.random.default_rng(0).random((30, 2)))
    stopped = advance(run, 502)
    assert "diverged" in stopped.notice
    assert stopped.epoch < 500
    assert len(stopped.runs) == 1
    assert advance(stopped, 10).epoch == stopped.epoch


def test_the_first_layer_may_be_gaussian_and_only_the_first():
    points = np.random.default_rng(0).random((30, 2))
    layers = [replace(LAYERS[0], visible="gaussian", learning_rate=0.01), LAYERS[1]]
    network = stack(layers, points, 5)
    assert network.sample(points[:7], 3, np.random.default_rng(0)).shape == (7, 2)
    with pytest.raises(ValueError, match="binary visible"):
        stack([LAYERS[0], replace(LAYERS[1], visible="gaussian")], bars_and_stripes(2), 1)


def test_networks_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="needs as many"):
        DeepBeliefNetwork((random_machine(1), random_machine(1)))
    for layers in ([], [LAYERS[0]] * 4):
        with pytest.raises(ValueError, match="1 to 3 layers"):
            stack(layers, bars_and_stripes(2), 1)
    with pytest.raises(ValueError, match="1 to 3 layers"):
        DeepBeliefNetwork(())
