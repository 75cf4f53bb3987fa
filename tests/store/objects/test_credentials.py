"""Keys, region and endpoint are found where the AWS tools keep them, and the environment wins."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus_tools.store.objects.aws_profile import aws_settings

CONFIG = "[default]\nregion = eu-west-1\n[profile work]\nregion = eu-north-1\nendpoint_url = http://minio:9000\n"
KEYS = "[default]\naws_access_key_id = D\naws_secret_access_key = d\n[work]\naws_access_key_id = W\naws_secret_access_key = w\n"


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text(CONFIG)
    (tmp_path / ".aws" / "credentials").write_text(KEYS)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "REGION", "DEFAULT_REGION", "PROFILE", "ENDPOINT_URL", "CONFIG_FILE"):
        monkeypatch.delenv(f"AWS_{name}", raising=False)
    monkeypatch.delenv("AWS_SHARED_CREDENTIALS_FILE", raising=False)


def test_the_default_profile() -> None:
    assert aws_settings() == {"region": "eu-west-1", "access_key_id": "D", "secret_access_key": "d"}


def test_a_named_profile_with_an_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "work")
    found = aws_settings()
    assert (found["access_key_id"], found["region"], found["endpoint"]) == ("W", "eu-north-1", "http://minio:9000")


def test_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "E")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    assert aws_settings() == {"region": "us-west-2", "endpoint": "http://127.0.0.1:1"}


def test_without_any_file_a_region_is_still_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))
    assert aws_settings() == {"region": "us-east-1"}


def test_a_file_that_is_no_configuration_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / ".aws" / "credentials").write_bytes(b"\xff\xfe not a file of keys")
    assert aws_settings() == {"region": "eu-west-1"}
