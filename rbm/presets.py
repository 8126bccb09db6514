"""The presets: settings with a name, a number of epochs and one sentence of why.

All spend the same budget on 500 points, points × (k + 1) × epochs ≈ 35.5 million visits of a point,
which is what the tutorial's values take for 2,000 epochs. What they reach: docs/better-values.md.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from rbm.settings import Settings


@dataclass(frozen=True)
class Preset:
    """One row of `PRESETS`: what is learnt how (`settings`), for how long (`epochs`), and why."""

    settings: Settings
    epochs: int
    why: str

    def apply(self, to: Settings) -> Settings:
        """The preset's way of learning, on the pattern, points and seeds of `to`."""
        return replace(self.settings, **{name: getattr(to, name) for name in SUBJECT})


SUBJECT = ("pattern", "pattern_options", "pattern_noise", "n_points", "data_seed", "seed")
"""The fields that say what is learnt rather than how; a preset leaves them alone."""

TUTORIAL = Settings()
RETUNED = Settings(
    sigma=1.0, k=3, k_end=3, k_ramp=0, visible_slope=0.08, learning_rate=0.7,
    slope_learning_rate=0.5, momentum=0.8, cost=5e-6, initial_scale=1.0, slope_rule="corrected",
)  # fmt: skip
BETTER_8 = replace(
    RETUNED, learning_rate=1.2, average_last=0.2, noise_free_statistics=True, centred=True
)
BETTER_16 = replace(
    BETTER_8, n_hidden=16, sigma=0.6, visible_slope=0.04, learning_rate=2.0,
    slope_learning_rate=1.0, momentum=0.75, k=2, k_end=2, cost=3e-6,
)  # fmt: skip
BETTER_VALUES = replace(
    BETTER_16, n_hidden=32, visible_slope=0.025, slope_learning_rate=3.0, k=5, k_end=5
)

PRESETS: dict[str, Preset] = {
    "Tutorial (2008)": Preset(
        TUTORIAL, 2_000,
        "The values of the 2008 tutorial: with so little noise the machine's chains roll into a "
        "few dots and thin arcs.",
    ),
    "The tutorial's knobs, retuned": Preset(
        RETUNED, 17_747,
        "Only knobs the tutorial has, set to better values: five times the noise fills the shape, "
        "and fewer CD steps buy more epochs.",
    ),
    "Better, 8 units": Preset(
        BETTER_8, 17_747,
        "The retuned knobs plus averaged parameters, noise-free statistics and centring: the same "
        "picture, steadier.",
    ),
    "Better, 16 units": Preset(
        BETTER_16, 23_663,
        "Twice the units with half the visible slope draw finer shapes; the best that is ready in "
        "a second or two.",
    ),
    "Better values": Preset(
        BETTER_VALUES, 11_831,
        "The best that one setting reached over all patterns: 32 units, a smaller visible slope, "
        "quicker hidden slopes and longer chains, in twice the time.",
    ),
}  # fmt: skip
FIRST_VISIT = "Better, 16 units"


def preset_of(settings: Settings) -> str | None:
    """The name of the preset whose way of learning `settings` has, or None."""
    how = [field.name for field in fields(Settings) if field.name not in SUBJECT]
    for name, preset in PRESETS.items():
        if all(getattr(preset.settings, field) == getattr(settings, field) for field in how):
            return name
    return None
