"""The app's explanations, as data: what to look at, what to try, what words and pictures mean.

Plain sentences, at most three each, without markup; pages decide how to show them. Where a text
claims that something will be seen, the settings it speaks of stand beside it, so that a page can
set them at a press and a test can check the claim.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

FIRST_LOOK = (
    "Press Play. Blue circles are the data; vermillion diamonds are random points after the "
    "machine has worked on them. It learns well when the diamonds come to lie where the circles "
    "are, all along the shape, and the mismatch falls towards 0."
)
"""What to look at on a first visit."""


@dataclass(frozen=True)
class Trial:
    """One row of `TRY_NEXT`: what to do, what to look for, and what it shows.

    `preset`: the preset to start from (None: go on with what is there); `changes`: fields of
    `Settings` to set on top of it.
    """

    title: str
    do: str
    question: str
    answer: str
    preset: str | None = None
    changes: Mapping[str, float | int | str | bool] = field(default_factory=dict)


TRY_NEXT: dict[str, Trial] = {
    "dots": Trial(
        "Dots",
        "Choose the preset Tutorial (2008) and press Play; then switch on Landscape and "
        "Attractors.",
        "Why do the diamonds gather in dots and thin arcs?",
        "Every pass rolls downhill on the landscape, and with σ = 0.2 the noise is too weak to "
        "leave a hollow again. So all points end near the attractors, marked by stars.",
        preset="Tutorial (2008)",
    ),
    "noise": Trial(
        "More noise",
        "Choose “The tutorial's knobs, retuned” and press Play: σ is 1 instead of 0.2.",
        "The error is larger than before. Is the picture worse?",
        "It is better: the diamonds now fill the shape, and the mismatch is about half. "
        "Noise moves each point along the valley, so a single point is copied less exactly while "
        "all points together are placed more truly.",
        preset="The tutorial's knobs, retuned",
    ),
    "cooling": Trial(
        "Noise off, noise doubled",
        "Keep the trained machine and set the noise of the view to ×0, ×½, ×1 and ×2.",
        "Which strength gives back the data?",
        "Only the one it was trained with. Without noise even a good machine shows dots, and with "
        "twice the noise it shows fog.",
        preset="Better, 8 units",
    ),
    "few_units": Trial(
        "Three hidden units",
        "Set the hidden units to 3 and press Play; switch on Hidden units.",
        "What can three lines draw?",
        "Each hidden unit divides the square by one soft line, and three lines leave a few "
        "regions with a clump in each. Finer shapes take more lines: compare 8 and 16.",
        preset="Better, 8 units",
        changes={"n_hidden": 3},
    ),
    "error": Trial(
        "A small error that says little",
        "Choose Tutorial (2008), set both CD steps to 1 and press Play.",
        "The error almost vanishes. Why is the mismatch above 1, worse than noise?",
        "With k = 1 the machine learns to copy each data point once. What it does to points "
        "elsewhere is never corrected, and they stay in the wrong places.",
        preset="Tutorial (2008)",
        changes={"k": 1, "k_end": 1, "k_ramp": 0},
    ),
    "hard": Trial(
        "A hard pattern",
        "Choose Better, 16 units and the pattern Two rings.",
        "Why is it harder than the split ring?",
        "A ring inside a ring must be walled off on both sides, which takes many lines at once. "
        "Try 32 units with half the visible slope, or find better values than ours.",
        preset="Better, 16 units",
        changes={"pattern": "two_rings"},
    ),
    "own": Trial(
        "Your own points",
        "Upload or paste a table with two columns of numbers.",
        "Which preset learns it best?",
        "Look at the mismatch, not the error. Points on thin lines and far corners are the "
        "hardest; many points in few clumps are the easiest.",
    ),
}
"""What to try after the first look, in order."""

MEASURES: dict[str, str] = {
    "error": (
        "Reconstruction error: the mean of (data − reconstruction)² after one noisy pass. It says "
        "how well single points are copied; fresh data in place of the copies would score the "
        "floor, random points the upper mark."
    ),
    "mismatch": (
        "Mismatch: the share of reconstructed ink in the wrong place, on a scale where 0 is as "
        "good as fresh data and 1 no better than uniform noise. It starts from 2,000 random "
        "points, makes 50 noisy passes and compares the smoothed pictures."
    ),
    "disagree": (
        "A small error with a large mismatch means that the machine copies the data but does not "
        "know where else points should not be. Believe the mismatch: it looks at the whole "
        "picture."
    ),
}

LAYERS: dict[str, str] = {
    "Data": "The points the machine learns from: filled blue circles.",
    "Data density": "The data, each point spread out as a small Gaussian: where the ink should be.",
    "Reconstruction": (
        "Where the probes end after the chosen number of passes through the machine: hollow "
        "vermillion diamonds."
    ),
    "Reconstruction density": (
        "The reconstruction, smoothed in the same way. Look for ink without data under it, and "
        "for data without ink."
    ),
    "Links": (
        "A green line from each probe to its reconstruction. With the data as probes and one "
        "pass, the lines are what the reconstruction error measures."
    ),
    "Landscape": (
        "The height F(v) that noise-free passes never climb; dark is low. Good machines have "
        "valleys in the shape of the data."
    ),
    "Attractors": (
        "Stars where noise-free passes come to rest, with the share of starting points that end "
        "there."
    ),
    "Hidden units": (
        "The line on which a hidden unit is half on, and the band 1/(A·|W|) wide in which it "
        "changes from off to on."
    ),
}
"""Label of a layer of the live view → what it shows."""

KEYS: dict[str, str] = {
    "Space": "play or pause",
    "S": "step: exactly one epoch",
    "N": "new seed",
    "← →": "in the view: back or forward by one recorded frame",
    "Shift ← →": "in the view: by ten frames",
    "Home, End": "in the view: the first frame; the newest one, and follow it",
    "+ −": "in the view: zoom in or out",
    "0": "in the view: fit the whole square",
    "H": "in the view: its list of keys",
}

QUESTIONS: dict[str, str] = {
    "Is it binary or real-valued?": (
        "Real-valued: every unit takes any value between the two ends of its range, 0 and 1 by "
        "default. It is the logistic of its input plus Gaussian noise, so nothing is ever "
        "rounded to 0 or 1."
    ),
    "Why did it blow up?": (
        "The updates grew faster than the weights could settle, and the run stopped at its last "
        "good epoch. The message names the parameter to lower first, usually a learning rate or "
        "the momentum."
    ),
    "Why is a slope marked as clamped?": (
        "Nothing in the rule itself bounds the slopes: unclamped, they go below zero or grow "
        "large. So each is held between 0.05 and 50 after every update; if many are "
        "clamped, lower the slopes' learning rate."
    ),
    "Why are there dots?": (
        "They are the attractors of a machine whose noise is too weak to leave them. Raise σ, "
        "train again, and the dots open into arcs."
    ),
    "The error is tiny, so why does the picture look wrong?": (
        "The error only asks whether each data point is copied once. Whether points from "
        "elsewhere find their way to the data is what the mismatch measures."
    ),
    "Can the mismatch be negative, or above 1?": (
        "Yes. A little below 0 is luck with the sample; above 1, points are placed worse than at "
        "random, as when all of them sit in one dot."
    ),
    "Why is no likelihood shown?": (
        "A continuous RBM has none that can be computed, and its training rule does not climb "
        "one. So we compare samples with data instead."
    ),
    "Why does Reset give the same run again?": (
        "All noise is computed from the seed, the epoch and the place where it is used. The same "
        "settings therefore give the same run; press New seed for another one."
    ),
    "How do I share what I see?": (
        "Copy the link: it carries every setting, the seed and the epoch, and reopens the same "
        "run. Your own points are not in it; send their file along."
    ),
    "What does ↺ mean?": (
        "Changing that control starts the run anew, since it changes the machine or its data. "
        "All other controls take hold while it plays."
    ),
    "Why do the tutorial's values look worse here than in the tutorial?": (
        "Its pictures are of its own program, which makes one more pass and divides the updates "
        "by twice the number of points. The preset follows the text; halve both learning rates to "
        "come closer to the program."
    ),
    "Which settings should I try to improve?": (
        "σ first, then the hidden units together with the visible slope: their product is best "
        "near 0.7. CD steps between 2 and 10 and the first weights hardly matter."
    ),
}
"""Question → answer, the most asked first."""
