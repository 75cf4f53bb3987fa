"""A corpus published to a folder, a bucket and (without network) the Hub: whole, resumable, never over anything else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from stores import Proxy, Server, point_to

from corpus_tools.errors import RunError
from corpus_tools.pipeline.publish import MARK, publish
from corpus_tools.pipeline.verify import verify_run
from corpus_tools.store.objects import hub_target, targets
from corpus_tools.store.objects.address import parse_address
from corpus_tools.store.objects.hub import HubBucket
from corpus_tools.store.objects.opening import open_bucket

pytestmark = pytest.mark.store


@pytest.fixture
def run(finished: tuple[Path, Path]) -> Path:
    return finished[1]


@pytest.fixture(params=["folder", "bucket"])
def target(request: pytest.FixtureRequest, tmp_path: Path, server: Server) -> str:
    return str(tmp_path / "published") if request.param == "folder" else f"{server.make_bucket()}/published"


def names_at(target: str) -> set[str]:
    return set(targets.open_target(parse_address(target) if ":" in target else Path(target)).names())


def test_a_corpus_is_published_whole_and_verifies_where_it_is(run: Path, target: str) -> None:
    dry = publish(run, target, dry_run=True)
    assert (dry.sent, names_at(target)) == (dry.files, set())
    found = publish(run, target)
    assert names_at(target) == {
        path.relative_to(run / "corpus").as_posix() for path in _files(run) if not {"removed", "new"} & {*path.parts}
    }
    assert found.sent == found.files == dry.files
    assert verify_run(target).problems == ()
    again = publish(run, target)
    assert again.sent == 0
    with_removed = publish(run, target, removed=True)
    assert with_removed.sent == with_removed.files - found.files > 1
    assert verify_run(target).tables == 2


def _files(run: Path) -> list[Path]:
    return [path for path in (run / "corpus").rglob("*") if path.is_file() and not path.name.startswith(".")]


class _CutOffError(BaseException):
    pass


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_publication_that_was_cut_off_goes_on(run: Path, target: str, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    kind: Any = targets.BucketTarget if ":" in target else targets.FolderTarget
    put, done = kind.put, [0]

    def dies(self: Any, *given: Any) -> None:
        if done[0] == after:
            raise _CutOffError
        done[0] += 1
        put(self, *given)

    monkeypatch.setattr(kind, "put", dies)
    with pytest.raises(_CutOffError):
        publish(run, target)
    monkeypatch.setattr(kind, "put", put)
    assert MARK in names_at(target)
    assert "manifest.json" not in names_at(target)
    found = publish(run, target)
    assert found.sent == found.files - after
    assert MARK not in names_at(target)
    assert verify_run(target).problems == ()


def test_what_is_there_already_is_left_alone(run: Path, target: str) -> None:
    place = targets.open_target(parse_address(target) if ":" in target else Path(target))
    place.begin()
    place.put_bytes("mine.csv", b"x")
    with pytest.raises(RunError, match=r"holds something else, such as 'mine\.csv'"):
        publish(run, target)
    place.delete(["mine.csv"])
    place.put_bytes("manifest.json", b'{"name": "an app"}')
    with pytest.raises(RunError, match="holds something else"):
        publish(run, target, replace=True)


def test_another_corpus_gives_way_only_if_asked(run: Path, target: str) -> None:
    place = targets.open_target(parse_address(target) if ":" in target else Path(target))
    publish(run, target)
    seal = json.loads(place.read("manifest.json"))
    place.names()
    place.put_bytes("manifest.json", json.dumps(seal | {"digest": "other"}).encode())
    if ":" not in target:
        (Path(target) / "data").mkdir(exist_ok=True)
    place.put_bytes("data/train-00099.parquet", b"old")
    with pytest.raises(RunError, match="holds another corpus"):
        publish(run, target)
    publish(run, target, replace=True)
    assert "data/train-00099.parquet" not in names_at(target)
    assert verify_run(target).problems == ()


def test_a_damaged_corpus_is_not_published(run: Path, tmp_path: Path) -> None:
    import shutil

    copy = shutil.copytree(run, tmp_path / "RUN")
    part = next((copy / "corpus" / "data").glob("*.parquet"))
    part.write_bytes(part.read_bytes()[::-1])
    with pytest.raises(RunError, match="content is not what was sealed"):
        publish(copy, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_lost_answer_is_no_foreign_object(run: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    target = f"{server.make_bucket()}/published"
    with Proxy(server, lambda number, method, path: "lost" if method == "PUT" and number % 2 else "") as proxy:
        point_to(monkeypatch, proxy.url)
        publish(run, target)
    point_to(monkeypatch, server.url)
    assert verify_run(target).problems == ()


def test_others_read_what_was_published(run: Path, server: Server) -> None:
    target = f"{server.make_bucket()}/published"
    publish(run, target)
    options = {"aws_endpoint_url": server.url, "aws_allow_http": "true", "aws_region": "us-east-1"}
    options |= {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    frame = pl.read_parquet(f"{target}/data/*.parquet", storage_options=options)
    assert frame.equals(pl.read_parquet(run / "corpus" / "data" / "*.parquet"))
    assert open_bucket(parse_address(target), RunError).head("published/README.md") is not None


class _Hub:
    """Stands for the Hub's client: what a repository holds, and the commit that is made."""

    def __init__(self) -> None:
        self.commits: list[tuple[list[str], str]] = []

    def create_commit(self, name: str, operations: list[Any], **told: Any) -> None:
        self.commits.append((sorted(one.path_in_repo for one in operations), f"{told['repo_type']} {name}"))


def test_the_hub_gets_one_commit(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hub = _Hub()
    monkeypatch.setattr(hub_target, "HfApi", lambda: hub)
    monkeypatch.setattr(HubBucket, "list", lambda self, prefix: iter(()))
    assert publish(run, "hf://datasets/me/corpus", dry_run=True).sent > 2
    assert hub.commits == []
    found = publish(run, "hf://datasets/me/corpus")
    assert [where for _, where in hub.commits] == ["dataset me/corpus"]
    assert len(hub.commits[0][0]) == found.files
