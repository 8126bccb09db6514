"""Links: encode and decode are inverse; a stranger's link never raises and always says why."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from rbm.link_text import MAX_CHANGES
from rbm.links import OPTION, Link, decode, encode
from rbm.patterns import PATTERNS
from rbm.presets import PRESETS
from rbm.settings import KNOBS, Settings

# A link of version 1, as the first release wrote it: it must open the same run for ever.
STORED_V1 = {
    "v": "1", "pattern": "ring", "pattern_noise": "0.01", "n_points": "300", "data_seed": "3",
    "seed": "12", "n_hidden": "6", "initial_scale": "0.5", "low": "0", "high": "1", "rule": "cd",
    "k": "3", "k_end": "5", "k_ramp": "100", "sigma": "0.9", "noisy": "1",
    "visible_slope": "0.07", "learn_visible_slope": "0", "hidden_slope": "1",
    "slope_learning_rate": "0.4", "slope_rule": "corrected", "learning_rate": "0.8",
    "momentum": "0.85", "cost": "2e-06", "batch_size": "0", "average_last": "0.25",
    "noise_free_statistics": "1", "centred": "0", "option.outer": "0.42", "epoch": "666",
    "changes": "120~sigma:0.5~k:4~~300~momentum:0.7",
}  # fmt: skip


def settings_strategy() -> st.SearchStrategy[Settings]:
    def knob_values(name):
        knob = KNOBS[name]
        if knob.kind == "choice":
            return st.sampled_from(list(knob.choices))
        if knob.kind == "bool":
            return st.booleans()
        if knob.kind == "int":
            return st.integers(int(knob.low), int(knob.high))
        return st.floats(knob.low, knob.high)

    values = {name: knob_values(name) for name in KNOBS if name not in ("low", "high")}
    return st.builds(Settings, pattern=st.sampled_from(list(PATTERNS)), **values)


@given(settings=settings_strategy(), epoch=st.integers(0, 10**6))
def test_every_setting_survives_the_way_through_a_link(settings, epoch):
    link = decode(encode([(0, settings)], epoch), Settings())
    assert link == Link(settings, epoch)


@given(first=settings_strategy(), later=settings_strategy(), at=st.integers(0, 10**5))
def test_live_changes_survive_too(first, later, at):
    live = {n: getattr(later, n) for n in KNOBS if not KNOBS[n].restarts}
    changed = replace(first, **live)
    link = decode(encode([(0, first), (at, changed)], at + 1), Settings())
    assert link == Link(first, at + 1, ((at, changed),))


def test_options_of_the_pattern_are_in_the_link():
    name, pattern = next((n, p) for n, p in PATTERNS.items() if p.options)
    option, row = next(iter(pattern.options.items()))
    settings = Settings(pattern=name, pattern_options={option: row.high})
    params = encode([(0, settings)], 0)
    assert OPTION + option in params
    assert decode(params, Settings()).settings == settings


def test_the_stored_link_of_version_1_opens_for_ever():
    link = decode(STORED_V1, Settings())
    assert link.complaints == ()
    assert link.settings == Settings(
        pattern="ring", pattern_options={"outer": 0.42}, pattern_noise=0.01, n_points=300,
        data_seed=3, seed=12, n_hidden=6, initial_scale=0.5, k=3, k_end=5, k_ramp=100, sigma=0.9,
        visible_slope=0.07, slope_learning_rate=0.4, slope_rule="corrected", learning_rate=0.8,
        momentum=0.85, cost=2e-6, average_last=0.25, noise_free_statistics=True,
    )  # fmt: skip
    assert link.epoch == 666
    assert [(at, s.sigma, s.k, s.momentum) for at, s in link.changes] == [
        (120, 0.5, 4, 0.85),
        (300, 0.5, 4, 0.7),
    ]


def test_missing_settings_take_the_default():
    better = PRESETS["Better, 16 units"].settings
    assert decode({}, better) == Link(better)
    assert decode({"sigma": "0.5"}, Settings()).settings == Settings(sigma=0.5)


def test_each_refused_value_gets_a_sentence_and_the_default():
    hostile = {
        "sigma": "9", "k": "2.5", "n_hidden": "-3", "momentum": "nan", "cost": "1e999",
        "rule": "<script>alert(1)</script>", "noisy": "yes", "pattern": "../../etc/passwd",
        "epoch": "1e6", "option.size": "3", "nonsense": "1", "v": "7", "changes": "5~seed:3~~x~k:2",
    }  # fmt: skip
    link = decode(hostile, Settings())
    assert link.settings == Settings()
    assert link.epoch == 0
    text = " ".join(link.complaints)
    for word in ("Noise", "CD steps", "Hidden units", "Momentum", "Cost", "Rule", "pattern",
                 "epoch", "option.size", "nonsense", "version", "seed:3"):  # fmt: skip
        assert word in text
    assert all(sentence.endswith(".") and len(sentence) < 250 for sentence in link.complaints)


def test_values_that_fit_alone_but_not_together_are_refused():
    link = decode({"low": "2", "high": "1", "sigma": "0.5"}, Settings())
    assert (link.settings.low, link.settings.high) == (0, 1)
    assert link.settings.sigma == 0.5
    assert "range" in link.complaints[0]


def test_changes_are_capped():
    link = decode({"changes": "~~".join(f"{i}~k:{i % 9 + 1}" for i in range(5000))}, Settings())
    assert len(link.changes) == MAX_CHANGES
    assert "more than" in link.complaints[0]


@given(st.dictionaries(
    st.one_of(st.sampled_from([*KNOBS, "pattern", "epoch", "changes", "v", "option.gap"]),
              st.text(max_size=20)),
    st.text(max_size=60), max_size=12))  # fmt: skip
def test_no_text_makes_decode_raise(params):
    link = decode(params, Settings())
    assert all(isinstance(sentence, str) for sentence in link.complaints)
    assert decode(encode([(0, link.settings), *link.changes], link.epoch), Settings()) == replace(
        link, complaints=()
    )
