"""Codes as features for a classifier: the page's button, and who wins."""

import numpy as np
from streamlit.testing.v1 import AppTest

from rbm.app.features_panel import verdict
from rbm.cases import make_cases


def test_the_verdict_compares_case_by_case() -> None:
    ten = np.arange(100) < 10
    assert "90.0% of 100 held-out cases rightly, from the codes 80.0%" in verdict(
        ~ten, ~(ten | np.roll(ten, 10))
    )
    assert "lose something (−10.0% ± 3.0%)" in verdict(~ten, ~(ten | np.roll(ten, 10)))
    assert "better features (+10.0% ± 3.0%)" in verdict(~(ten | np.roll(ten, 10)), ~ten)
    one = np.arange(100) == 3
    assert "no more apart than chance" in verdict(~one, ~np.roll(one, 1))
    assert "no more apart" in verdict(np.array([True]), np.array([True]))


def test_the_page_trains_both_classifiers() -> None:
    app = AppTest.from_file("../app.py", default_timeout=120).run()
    app = app.switch_page("pages/clusters.py").run()
    rng = np.random.default_rng(0)
    labels = np.arange(40) % 2
    rows = rng.random((40, 4)) < np.where(labels[:, None], 0.8, 0.2)
    session = app.session_state["binary_session"]
    session.use(make_cases(rows, "Two kinds", labels=labels, label_names=("a", "b"), share=0.5))
    session.apply(n_hidden=2)
    session.step()
    app.run()
    app.button(key="features_begin").click().run()
    work = app.session_state["clusters_features"]
    with work.lock:
        work._train(work.goal - work.epoch)
        work.pause()
    app.run()
    assert not app.exception
    assert any("of 20 held-out cases rightly" in each.value for each in app.markdown)
    assert [len(right) for right in work.right] == [20, 20]
    session.step()
    app.run()
    assert app.button(key="features_begin")  # another machine has other codes
