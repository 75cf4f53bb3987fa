"""How the stores of this process are reached, for processes on other machines that work for it."""

from __future__ import annotations

import os
from collections.abc import Mapping

from corpus_tools.store.objects import opening
from corpus_tools.store.objects.aws_profile import aws_settings
from corpus_tools.store.objects.persist import BUDGET_SETTING

_FAMILIES = ("AWS_", "GOOGLE_", "AZURE_")
"""Beginnings of the names of variables that the library for a store reads."""
_OF_A_PROFILE = {
    "access_key_id": "AWS_ACCESS_KEY_ID",
    "secret_access_key": "AWS_SECRET_ACCESS_KEY",
    "session_token": "AWS_SESSION_TOKEN",
}
_FILES = ("AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")
"""Variables that name what is on this machine alone."""
_ADOPTED: dict[str, str] = {}
"""Variables of this process that it has from another."""


def settings() -> dict[str, str]:
    """The variables of this process by which stores are reached; keys of a profile are written out."""
    found = {name: value for name, value in os.environ.items() if name.startswith(_FAMILIES) or name == BUDGET_SETTING}
    if "AWS_ACCESS_KEY_ID" not in found:
        found |= {_OF_A_PROFILE[name]: str(value) for name, value in aws_settings().items() if name in _OF_A_PROFILE}
    return {name: value for name, value in found.items() if name not in _FILES}


def adopt(given: Mapping[str, str]) -> None:
    """Take over the variables of another process, but for the stores that this machine has variables of its own for."""
    if given == _ADOPTED:
        return
    for name in _ADOPTED:
        os.environ.pop(name, None)
    own = tuple(family for family in (*_FAMILIES, BUDGET_SETTING) if any(name.startswith(family) for name in os.environ))
    _ADOPTED.clear()
    _ADOPTED.update(given)
    os.environ.update({name: value for name, value in given.items() if not name.startswith(own)})
    opening.forget()
