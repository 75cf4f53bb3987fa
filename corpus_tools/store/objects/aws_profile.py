"""Credentials and settings of the AWS tools that obstore does not read by itself: the files in ``~/.aws``."""

from __future__ import annotations

import configparser
import os
from pathlib import Path
from typing import Any

_NAMES = {
    "aws_access_key_id": "access_key_id",
    "aws_secret_access_key": "secret_access_key",
    "aws_session_token": "session_token",
    "region": "region",
    "endpoint_url": "endpoint",
}
"""Entries of a profile, and what obstore calls them."""
_VARIABLES = {
    "region": ("AWS_REGION", "AWS_DEFAULT_REGION"),
    "endpoint": ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"),
}
_OTHER_SOURCES = ("AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
_KEYS = ("access_key_id", "secret_access_key", "session_token")


def aws_settings() -> dict[str, Any]:
    """What to tell obstore beside the environment, which wins over the profile."""
    profile = _read_profile()
    found = {name: profile[name] for name in _VARIABLES if name in profile}
    for name, variables in _VARIABLES.items():
        told = next((os.environ[variable] for variable in variables if os.environ.get(variable)), None)
        if told is not None:
            found[name] = told
    if not any(os.environ.get(name) for name in _OTHER_SOURCES):
        if "access_key_id" in profile:
            found |= {name: profile[name] for name in _KEYS if name in profile}
        elif profile.get("elsewhere"):
            found |= _through_boto3()
    found.setdefault("region", "us-east-1")
    return found


def _read_profile() -> dict[str, str]:
    """The profile that AWS_PROFILE names, or the default one; ``elsewhere`` if its keys have to be fetched (SSO, a role, a program)."""
    home = Path.home() / ".aws"
    name = os.environ.get("AWS_PROFILE") or "default"
    found: dict[str, str] = {}
    for path, section in (
        (Path(os.environ.get("AWS_CONFIG_FILE") or home / "config"), name if name == "default" else f"profile {name}"),
        (Path(os.environ.get("AWS_SHARED_CREDENTIALS_FILE") or home / "credentials"), name),
    ):
        table = configparser.RawConfigParser(strict=False)
        try:
            table.read(path, encoding="utf-8")
        except (OSError, configparser.Error, UnicodeDecodeError):
            continue
        held = dict(table.items(section)) if table.has_section(section) else {}
        found |= {_NAMES[entry]: value for entry, value in held.items() if entry in _NAMES}
        if any(entry.startswith("sso_") or entry in ("role_arn", "credential_process") for entry in held):
            found["elsewhere"] = "yes"
    return found


def _through_boto3() -> dict[str, Any]:
    """Keys as boto3 fetches them, if it is installed."""
    try:
        from obstore.auth.boto3 import Boto3CredentialProvider
    except ImportError:
        return {}
    return {"credential_provider": Boto3CredentialProvider()}
