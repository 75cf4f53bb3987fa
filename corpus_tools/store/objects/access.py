"""How the stores of this process are reached, for processes on other machines that work for it."""

from __future__ import annotations

import os
import re
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
_CREDENTIAL = re.compile(r"KEY|SECRET|TOKEN|CREDENTIAL|PROFILE|ROLE|CLIENT|TENANT|SAS|SERVICE_ACCOUNT")
"""What is in the names of variables that say who asks, not where and how."""
_ADOPTED: dict[str, str] = {}
"""What another process gave."""
_SET: set[str] = set()
"""Variables of this process that it has from another."""


def settings() -> dict[str, str]:
    """The variables of this process by which stores are reached; keys of a profile are written out."""
    found = {name: value for name, value in os.environ.items() if name.startswith(_FAMILIES) or name == BUDGET_SETTING}
    if "AWS_ACCESS_KEY_ID" not in found:
        found |= {_OF_A_PROFILE[name]: str(value) for name, value in aws_settings().items() if name in _OF_A_PROFILE}
    return {name: value for name, value in found.items() if name not in _FILES}


def adopt(given: Mapping[str, str]) -> None:
    """Take over the variables of another process but for what this machine has itself; credentials of a family are never mixed."""
    if given == _ADOPTED:
        return
    for name in _SET:
        os.environ.pop(name, None)
    known = {_family(name) for name in os.environ if _CREDENTIAL.search(name)} - {""}
    taken = {name: value for name, value in given.items() if not (_CREDENTIAL.search(name) and _family(name) in known)}
    _ADOPTED.clear()
    _ADOPTED.update(given)
    _SET.clear()
    _SET.update(taken.keys() - os.environ.keys())
    os.environ.update({name: taken[name] for name in _SET})
    opening.forget()


def _family(name: str) -> str:
    return next((family for family in _FAMILIES if name.startswith(family)), "")
