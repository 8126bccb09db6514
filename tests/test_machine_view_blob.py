"""The machine view's registration with Streamlit."""

import numpy as np
from streamlit.testing.v1 import AppTest

from rbm.app.assets import BROWSER, asset_digest

from .test_live_view_blob import unpack


def script() -> None:
    import numpy as np

    from rbm.app.live_view import pack_blob
    from rbm.app.machine_view import machine_view

    machine_view(pack_blob({"frame": 1}, {"epochs": np.arange(2)}), key="machine")


def test_mounting_sends_urls_and_bytes_not_source_text() -> None:
    test = AppTest.from_function(script).run()
    assert not test.exception
    component = test.get("bidi_component")[0].proto
    assert component.component_name == f"rbm.machine_view_{asset_digest(BROWSER)}"
    assert component.js_source_path == "machine_view/main.js"
    assert component.css_source_path == "machine_view/style.css"
    assert component.js_content == component.css_content == ""
    header, found = unpack(component.bytes)
    assert header["frame"] == 1
    np.testing.assert_array_equal(found["epochs"], [0, 1])
