"""Who is asking: the one person at this computer, a signed-in user, or the owner of a browser.

Where several people share a server and nobody signs in, a browser is told from another by a secret
random key, made here and kept there as a cookie. The cookies that Streamlit shows are those of a
tab's first request, so a small component reads and writes the browser's own: on the first visit it
keeps the key that it is offered, unless another tab was faster, and answers which one holds. What
a cookie says is believed for one purpose only, to be that person; a key that was never given out
leads to an empty library.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import streamlit as st

COOKIE = "rbm_library"
KEY = re.compile(r"[A-Za-z0-9_-]{22}")
"""16 random bytes as `secrets.token_urlsafe` writes them."""
FORWARDED = re.compile(r"forwarded|x-forwarded-.*|x-real-ip|via", re.IGNORECASE)
"""Headers that a proxy adds: others may be asking through it."""

_COMPONENT = """
const YEAR = 365 * 24 * 3600; // seconds
const KEY = /^[A-Za-z0-9_-]{22}$/;
const said = new WeakMap(); // by place: the last answer, given once

export default function ({ data, parentElement, setStateValue }) {
  const read = () => {
    const cookies = document.cookie.split("; ").map((cookie) => cookie.split("="));
    return cookies.find(([name]) => name === data.cookie)?.[1] ?? "";
  };
  const key = !data.replace && KEY.test(read()) ? read() : data.key;
  document.cookie =
    `${data.cookie}=${key}; Path=${data.path}; Max-Age=${YEAR}; SameSite=Strict` +
    (location.protocol === "https:" ? "; Secure" : "");
  const answer = { key, kept: read() === key };
  if (said.get(parentElement) === JSON.stringify(answer)) return;
  said.set(parentElement, JSON.stringify(answer));
  setStateValue("answer", answer);
}
"""
_mount = st.components.v2.component("browser_key", js=_COMPONENT)


@dataclass(frozen=True)
class Person:
    """`name` is what the library stores. `key` is the browser's secret, "" when there is another
    proof; `kept` tells whether the browser will still know the key on the next visit."""

    name: str
    key: str = ""
    kept: bool = True


def one_person(address: str | None, headers: Mapping[str, str]) -> bool:
    """Whether only the person at this very computer can be asking.

    `address` is where the server listens (None: everywhere). It must be a loopback address, and
    neither a proxy's header nor the host in the browser's address bar may speak of another place.
    """
    if not _loopback(address) or any(FORWARDED.fullmatch(name) for name in headers):
        return False
    said = {name.lower(): value for name, value in headers.items()}
    hosts = [f"//{said['host']}"] if "host" in said else []
    hosts += [said["origin"]] if "origin" in said else []
    return all(_loopback(_hostname(host)) for host in hosts)


def find_person() -> Person | None:
    """Who is asking in this script run; None until the browser has answered, which reruns it."""
    user = st.user
    subject = f"{user.get('iss', '')} {user.get('sub') or user.get('email') or ''}"
    if user.get("is_logged_in") is True and not subject.endswith(" "):
        return Person(_digest("user", subject))
    if one_person(st.get_option("server.address"), st.context.headers):
        return Person("owner")
    return _browser()


def use_key(key: str) -> None:
    """Makes this browser the person who holds `key`; raises `ValueError` for what is not a key."""
    if not KEY.fullmatch(key.strip()):
        raise ValueError("That is not a key: it has 22 letters, digits, - or _.")
    st.session_state["browser_key_entered"] = key.strip()


def _browser() -> Person | None:
    entered = st.session_state.get("browser_key_entered", "")
    cookie = _checked(st.context.cookies.get(COOKIE))
    fresh = st.session_state.setdefault("browser_key_fresh", secrets.token_urlsafe(16))
    answer = _mount(
        key="browser_key",
        data={
            "cookie": COOKIE,
            "key": entered or cookie or fresh,
            "replace": bool(entered),
            "path": "/" + str(st.get_option("server.baseUrlPath")).strip("/"),
        },
        on_answer_change=_nothing,
    ).answer
    said = answer if isinstance(answer, Mapping) else {}
    key = entered or _checked(said.get("key")) or cookie
    if not key:
        return None
    return Person(_digest("browser", key), key, kept=said.get("kept") is not False)


def _nothing() -> None:
    """Streamlit reports only states that have a callback."""


def _checked(key: object) -> str:
    """The key, or "" for anything that cannot be one."""
    return key if isinstance(key, str) and KEY.fullmatch(key) else ""


def _digest(kind: str, secret: str) -> str:
    """What is stored instead of a secret: who reads the library's file cannot become its people."""
    return hashlib.sha256(f"{kind}:{secret}".encode()).hexdigest()


def _hostname(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
