"""The fast engine in a run: the same updates as the reference's, and the same run in pieces."""

from dataclasses import replace

import numpy as np
import pytest

from rbm import binary_epoch, exact
from rbm.binary_epoch import first_state
from rbm.binary_settings import BinarySettings
from rbm.binary_trainer import Fast, fastest
from rbm.binary_training import advance, rewind, start, train
from rbm.engine import binary_reference
from tests.binary_machines import all_states, bars_and_stripes

BITS = all_states(4)[[1, 2, 3, 6, 7, 12, 13]]


@pytest.fixture(scope="module", params=["reference", "fastest"])
def fast(request):
    return Fast(binary_reference) if request.param == "reference" else fastest(BinarySettings())


@pytest.mark.parametrize("rule", ["cd", "pcd"])
@pytest.mark.parametrize("is_centred", [True, False])
def test_updates_are_those_of_the_reference_where_draws_are_certain(fast, rule, is_centred):
    """Weights so large that chance has no say: every term of the update must then agree."""
    settings = BinarySettings(
        n_hidden=4, rule=rule, centred=is_centred, momentum=0.6, weight_decay=0.01, k=3,
        learning_rate=0.3, learning_rate_end=0.1, learning_rate_ramp=4, batch_size=3,
    )  # fmt: skip
    state = first_state(settings, BITS)
    copying = replace(
        state.machine,
        weights=400 * np.eye(4) + 3,
        visible_bias=np.full(4, -205.0),
        hidden_bias=np.array([-190.0, -205, -210, -200]),
    )
    chains = all_states(4)[[9, 4, 14]] if rule == "pcd" else state.chains
    one = other = replace(state, machine=copying, chains=chains)
    for _ in range(3):
        one, other = fast(one, BITS, settings), binary_epoch.epoch(other, BITS, settings)
        assert one.epoch == other.epoch
        assert one.machine.parameters == pytest.approx(other.machine.parameters, rel=1e-12)
        assert np.array_equal(one.chains, other.chains)
        for a, b in zip(one.velocity, other.velocity, strict=True):
            assert a == pytest.approx(b, abs=1e-12)


@pytest.mark.parametrize("rule", ["cd", "pcd"])
def test_bars_and_stripes_are_learnt(fast, rule):
    data = np.tile(bars_and_stripes(2), (16, 1))
    settings = BinarySettings(n_hidden=6, rule=rule, batch_size=0, learning_rate=1, k=5,
                              initial_scale=0.1)  # fmt: skip
    run = advance(start(settings, data, fast), 700)
    assert -1.732868 >= exact.log_likelihood(run.machine, data).mean() > -1.94


def test_centring_learns_what_plain_steps_do_not():
    """3×3, 16 hidden, CD-1, all 16 rows together: bound −41.6; measured −52 plain, −44 centred."""
    data = bars_and_stripes(3)
    reached = {}
    for is_centred in (False, True):
        settings = BinarySettings(batch_size=0, learning_rate=0.3, centred=is_centred)
        machine = train(settings, data, 2000).machine
        reached[is_centred] = exact.log_likelihood(machine, data).sum()
    assert -41.59 > reached[True] > -46.5
    assert reached[True] > reached[False] + 3


def test_a_run_in_pieces_or_rewound_is_the_same_run(fast):
    settings = BinarySettings(n_hidden=5, rule="pcd", batch_size=3, momentum=0.5)
    run = advance(start(settings, BITS, fast), 20)
    pieces = advance(advance(start(settings, BITS, fast), 7), 13)
    again = advance(rewind(run, 11), 9)
    for other in (pieces, again):
        assert np.array_equal(run.machine.parameters, other.machine.parameters)
        assert np.array_equal(run.state.chains, other.state.chains)
        assert np.array_equal(run.recording.frames, other.recording.frames)
    seeds = [replace(settings, seed=seed) for seed in range(2)]
    one, two = (advance(start(one, BITS, fast), 2).machine.parameters for one in seeds)
    assert not np.array_equal(one, two)


def test_a_batch_that_grows_gets_its_chains(fast):
    settings = BinarySettings(n_hidden=5, rule="pcd", batch_size=3)
    state = fast(first_state(settings, BITS), BITS, settings)
    larger = fast(state, BITS, replace(settings, batch_size=5))
    assert (len(state.chains), len(larger.chains)) == (3, 5)


def test_what_the_fast_engine_does_not_know_is_left_to_the_reference():
    for other in ({"rule": "exact"}, {"visible": "gaussian"}):
        assert fastest(BinarySettings(**other)) is binary_epoch.epoch
    assert isinstance(fastest(BinarySettings()), Fast)
    assert isinstance(train(BinarySettings(), BITS, 1).trainer, Fast)
