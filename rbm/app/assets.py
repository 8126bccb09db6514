"""Components whose browser side is plain files, sent by URL and without a build step.

All of them lie in one tree, a folder for each component, and what several use in `shared/`; the
tree is served as a whole, so `import "../shared/dom.js"` holds in a browser as it does on disk.

Streamlit registers asset folders by itself only for installed packages, and under one fixed name.
Done here, it works from a bare checkout too, and the name, which is part of every asset's URL, can
carry the hash of the files: a browser never mixes two versions of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

BROWSER = Path(__file__).parent / "browser"
"""The tree: a folder for each component, and `shared/`."""


def packaged_component(name: str, folder: Path) -> Callable[..., Any]:
    """The mounting command of the component `name`: `main.js` and `style.css` in `folder`, a
    folder of the tree.

    Call it for each mounting: a new Streamlit runtime in the same process (as tests make them)
    gets its own registration.
    """
    return _component(get_bidi_component_manager(), name, folder)


@lru_cache(maxsize=8)
def asset_digest(root: Path) -> str:
    """A short hash of all files below `root`: what tells one version of them from another."""
    digest = hashlib.sha256()
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        name = path.relative_to(root).as_posix()
        digest.update(name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


@lru_cache(maxsize=16)
def _component(manager: BidiComponentManager, name: str, folder: Path) -> Callable[..., Any]:
    config = ComponentConfig(name=f"{name}_{asset_digest(BROWSER)}", asset_dir=BROWSER.name)
    manifest = ComponentManifest(name="rbm", version="0", components=[config])
    manager.register_from_manifest(manifest, BROWSER.parent)
    place = folder.relative_to(BROWSER).as_posix()
    js, css = f"{place}/main.js", f"{place}/style.css"
    return st.components.v2.component(f"rbm.{config.name}", js=js, css=css)
