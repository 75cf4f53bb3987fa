"""What is sent to executors and comes back: tried with a process of its own in the place of one, without Spark."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from stores import KEYS, Server

from corpus_tools.child import child_environment
from corpus_tools.engines import sending
from corpus_tools.errors import RunError
from corpus_tools.pipeline.claim import claim
from corpus_tools.store.backing import backing_of, clear, holds
from corpus_tools.store.begun import begin
from corpus_tools.store.manifest import Manifest, Work, seal
from corpus_tools.store.objects import access
from corpus_tools.store.objects.address import parse_address
from corpus_tools.store.objects.opening import open_bucket
from corpus_tools.store.objects.scratch import work_in
from corpus_tools.store.parts import list_parts, read_columns, read_note, read_part, write_part

pytestmark = pytest.mark.store

ROWS = pa.schema([("n", pa.int64())])
WORK = Work("match", {}, {"a": 1}, "code")
ELSEWHERE = """
import pickle, sys
from corpus_tools.engines import sending
function, given = pickle.load(sys.stdin.buffer)
try:
    sys.stdout.buffer.write(sending.send_back(function(*given)))
except Exception as error:
    sys.stdout.buffer.write(sending.send_back(error))
"""


def _elsewhere(function: Callable[..., Any], *given: Any, folder: Path, **settings: str) -> Any:
    """The result of ``function`` in another process with a folder of its own for scratch, and no word of the store in its environment."""
    folder.mkdir(exist_ok=True)
    tests = Path(__file__).parent
    paths = os.pathsep.join((str(tests), str(tests.parent)))
    environment = child_environment(SPARK_LOCAL_DIRS=str(folder)) | settings
    environment["PYTHONPATH"] = os.pathsep.join((environment["PYTHONPATH"], paths))
    for name in (*KEYS, "AWS_ENDPOINT_URL", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        environment.pop(name, None)
    sent = pickle.dumps((sending.send(partial(function, *given)), ()))
    told = subprocess.run(
        [sys.executable, "-c", ELSEWHERE], input=sent, env=environment, capture_output=True, timeout=120, check=False
    )
    assert told.returncode == 0, told.stderr.decode()[-2000:]
    found = sending.receive(told.stdout)
    if isinstance(found, Exception):
        raise found
    return found


def _rows(*values: int) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict({"n": list(values)}, schema=ROWS)


def _write(path: Path, values: list[int]) -> Path:
    write_part(path, [_rows(*values)], ROWS, note=values)
    return path


def _write_unless_there(path: Path, values: list[int]) -> bool:
    there = holds(path)
    if not there:
        _write(path, values)
    return there


def _read(path: Path) -> tuple[list[int], Any, str]:
    return read_part(path).column(0).to_pylist(), read_note(path), str(path)


def _read_again(path: Path, values: list[int]) -> list[int]:
    """As the count of repeats does: a part is read, and written again."""
    before: list[int] = read_part(path).column(0).to_pylist()
    _write(path, values)
    return before


def _list(folder: Path) -> list[str]:
    return [path.name for path in list_parts(folder)]


@pytest.fixture
def place(store: Server) -> str:
    return f"{store.make_bucket()}/RUN"


@contextmanager
def _work(place: str) -> Iterator[Path]:
    """Work on a run in a store."""
    with work_in(place, shared=True) as (root, _):
        yield claim(root)


def _objects(place: str) -> list[str]:
    address = parse_address(place)
    return sorted(one.key.removeprefix("RUN/") for one in open_bucket(address, RunError).list(address.key))


@pytest.mark.slow
def test_a_task_elsewhere_writes_and_reads_parts_and_the_driver_seals_them(place: str, tmp_path: Path) -> None:
    away = tmp_path / "away"
    with _work(place) as root:
        edges = root / "edges"
        begin(edges, WORK)
        path = _elsewhere(_write, edges / "part-00000.parquet", [1, 2], folder=away)
        assert path == edges / "part-00000.parquet"
        assert not path.exists()
        assert list_parts(edges) == [path]
        assert _elsewhere(_list, edges, folder=away) == ["part-00000.parquet"]
        values, note, where = _elsewhere(_read, path, folder=away)
        assert (values, note) == ([1, 2], [1, 2])
        assert where.startswith(str(away))
        assert _elsewhere(_read_again, path, [1, 3], folder=away) == [1, 2]
        assert read_columns(path, ["n"])["n"].to_pylist() == [1, 3]
        _elsewhere(_write, edges / ".scratch" / "held.parquet", [5], folder=away)
        _elsewhere(_write, edges / ".scratch" / "held.parquet", [6], folder=away)
        assert read_part(edges / ".scratch" / "held.parquet").column(0).to_pylist() == [6]
        clear(edges / ".scratch")
        described = [_described(part) for part in list_parts(edges)]
        seal(edges, Manifest(WORK, tuple(described)))
        assert not list(away.rglob("*.parquet"))
    assert _objects(place) == ["edges/manifest.json", "edges/part-00000.parquet", "run.json"]
    with work_in(place) as (root, _):
        assert read_part(list_parts(root / "edges")[0]).column(0).to_pylist() == [1, 3]


def _described(part: Path) -> Any:
    from corpus_tools.store.begun import read_record

    found = read_record(part)
    assert found is not None
    return found


@pytest.mark.slow
def test_what_was_begun_is_taken_up_and_what_was_begun_for_other_work_goes(place: str, tmp_path: Path) -> None:
    away = tmp_path / "away"
    with _work(place) as root:
        begin(root / "edges", WORK)
        for number in range(3):
            _elsewhere(_write, root / "edges" / f"part-0000{number}.parquet", [number], folder=away)
        _elsewhere(_write, root / "edges" / ".scratch" / "held.parquet", [5], folder=away)
    bucket = open_bucket(parse_address(place), RunError)
    bucket.put("RUN/edges/part-00001.parquet", b"damaged")
    bucket.put("RUN/edges/.scratch/late.parquet", b"of a task that ended late")
    with _work(place) as root:
        edges = root / "edges"
        assert begin(edges, WORK)
        assert [path.name for path in list_parts(edges)] == ["part-00000.parquet", "part-00002.parquet"]
        there = [_elsewhere(_write_unless_there, edges / f"part-0000{n}.parquet", [n], folder=away) for n in range(3)]
        assert there == [True, False, True]
        assert not any("/.scratch/" in name for name in _objects(place))
    with _work(place) as root:
        assert not begin(root / "edges", Work("match", {}, {"a": 2}, "code"))
        assert not _elsewhere(_write_unless_there, root / "edges" / "part-00000.parquet", [7], folder=away)
    assert [name for name in _objects(place) if "edges/part" in name] == ["edges/part-00000.parquet"]


@pytest.mark.slow
def test_two_attempts_at_a_task_are_one_and_another_writer_is_refused(place: str, tmp_path: Path) -> None:
    with _work(place) as root:
        begin(root / "edges", WORK)
        path = root / "edges" / "part-00000.parquet"
        _elsewhere(_write, path, [1], folder=tmp_path / "one")
        keeper: Any = backing_of(root)
        keeper._seen.pop("edges/part-00000.parquet")  # the result of the first attempt was lost
        _elsewhere(_write, path, [1], folder=tmp_path / "two")
        keeper._seen.pop("edges/part-00000.parquet")
        with pytest.raises(RunError, match="changed by another process"):
            _elsewhere(_write, path, [2], folder=tmp_path / "three")


def test_a_task_of_a_process_that_lost_its_lock_puts_nothing(place: str, tmp_path: Path) -> None:
    bucket = open_bucket(parse_address(place), RunError)
    with _work(place) as root:
        begin(root / "edges", WORK)
        held: Any = backing_of(root)
        held.lease._done.set()  # it is not renewed any more
        bucket.put("RUN/.lock", b'{"token": "of another"}')
        with pytest.raises(RunError, match="lost it"):
            _elsewhere(_write, root / "edges" / "part-00000.parquet", [1], folder=tmp_path / "away")
        assert "edges/part-00000.parquet" not in _objects(place)


@pytest.mark.slow
def test_variables_for_stores_go_along_but_for_those_a_machine_has_itself(store: Server, place: str, tmp_path: Path) -> None:
    with _work(place) as root:
        begin(root / "edges", WORK)
        path = root / "edges" / "part-00000.parquet"
        away: dict[str, Any] = {"folder": tmp_path / "away", "CORPUS_TOOLS_STORE_SECONDS": "1"}
        with pytest.raises(RunError, match="no credentials"):
            _elsewhere(_write, path, [1], AWS_ROLE_ARN="of this machine", **away)
        _elsewhere(_write, path, [1], AWS_CA_BUNDLE="/of/this/machine", **away)


def test_keys_of_a_profile_are_written_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "credentials").write_text("[mine]\naws_access_key_id = ONE\naws_secret_access_key = TWO\n")
    monkeypatch.setenv("AWS_PROFILE", "mine")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    found = access.settings()
    assert (found["AWS_ACCESS_KEY_ID"], found["AWS_SECRET_ACCESS_KEY"]) == ("ONE", "TWO")
    assert not found.keys() & {"AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"}
