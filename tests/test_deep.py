"""A stack of machines: what one passes on, and what the top of it draws."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from rbm import exact
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


def test_the_film_of_a_chain_shows_it_after_each_step():
    """Laws of the top hidden units after t steps by enumeration, then one pass down."""
    lowest, top = random_machine(1, 4, 3, spread=2.0), random_machine(9, 3, 2, spread=4.0)
    network, start = DeepBeliefNetwork((lowest, top)), all_states(4)[[9]]
    h_given_v = [joint / joint.sum(axis=1, keepdims=True) for joint in
                 map(joint_by_hand, (lowest, top))]  # fmt: skip
    means_down = conditional(top) @ conditional(lowest) @ all_states(4)
    law = h_given_v[0][[9]] @ h_given_v[1]
    chain = network.chain(np.repeat(start, DRAWS, axis=0), np.random.default_rng(2))
    seen = []
    for _, frame in zip(range(5), chain, strict=False):
        spread = frame.std(axis=0) / np.sqrt(DRAWS)
        assert (np.abs(frame.mean(axis=0) - (law @ means_down)[0]) < 4.5 * spread).all()
        seen.append((law @ means_down)[0])
        law = law @ conditional(top) @ h_given_v[1]
    assert np.abs(seen[0] - seen[4]).max() > 0.025  # the start matters


def test_the_bound_is_below_the_likelihood_and_what_enumeration_says():
    network, rng = tower(), np.random.default_rng(6)
    lowest, middle, top = network.machines
    p_h2 = joint_by_hand(top).sum(axis=1)
    p_h1 = p_h2 @ conditional(middle)
    p_v = p_h1 @ conditional(lowest)
    recognise = [
        (joint / joint.sum(axis=1, keepdims=True)) for joint in map(joint_by_hand, (lowest, middle))
    ]
    above = np.log(conditional(middle).T) + np.log(p_h2) - np.log(recognise[1])
    bound_h1 = (recognise[1] * above).sum(axis=1)
    here = np.log(conditional(lowest).T) + bound_h1 - np.log(recognise[0])
    bound = (recognise[0] * here).sum(axis=1)
    assert (bound <= np.log(p_v)).all()
    log_z = exact.log_partition(top)
    for state, expected in zip(all_states(4), bound, strict=True):
        drawn = network.log_likelihood_bound(np.repeat(state[None], 4_000, axis=0), log_z, rng)
        assert drawn.mean() == pytest.approx(expected, abs=4.5 * drawn.std() / np.sqrt(4_000))


def test_the_bound_of_one_layer_is_its_likelihood():
    machine, rng = random_machine(4), np.random.default_rng(0)
    alone = DeepBeliefNetwork((machine,))
    found = alone.log_likelihood_bound(all_states(4), exact.log_partition(machine), rng)
    assert found == pytest.approx(exact.log_likelihood(machine, all_states(4)))


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
    means = middle.mean_v_from_h(top.mean_v_from_h(h))
    assert network.reconstruct(v) == pytest.approx(lowest.mean_v_from_h(means))


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
