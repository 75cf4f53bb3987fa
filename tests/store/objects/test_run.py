"""A run that lives in an S3 server: the bytes of a run on disk, whatever kills it, and never two writers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from crawls import write_crawl
from runs import cleaning_here, file_digests
from stores import Proxy, Server, assert_is_whole, download, point_to, upload

from corpus_tools import api
from corpus_tools.cli import main
from corpus_tools.errors import RunError
from corpus_tools.pipeline.stages import STAGES
from corpus_tools.pipeline.verify import verify_run
from corpus_tools.plan import Plan
from corpus_tools.store import backing
from corpus_tools.store.files import write_bytes
from corpus_tools.store.objects import lease as leases
from corpus_tools.store.objects.address import parse_address
from corpus_tools.store.objects.lease import Lease
from corpus_tools.store.objects.mirror import Mirror
from corpus_tools.store.objects.opening import open_bucket
from corpus_tools.store.objects.through_obstore import ObstoreBucket

pytestmark = [pytest.mark.store, pytest.mark.slow]

SETTINGS = {"read.part_pages": 5, "write.rows_per_file": 3}
PLAN = Plan().with_settings(SETTINGS)

KILLER = """
import json, os, signal, sys
from corpus_tools import api
from corpus_tools.cli import main
from corpus_tools.plan import Plan
from corpus_tools.store.objects.mirror import Mirror

source, run, victim, settings = sys.argv[1:]
put = Mirror._put

def dies(self, name, path):
    if name == victim:
        os.kill(os.getpid(), signal.SIGKILL)
    put(self, name, path)

Mirror._put = dies
api.run(source, run, Plan().with_settings(json.loads(settings)), workers=1)
"""


class Crawl:
    """A crawl in a bucket, and the run over it on disk."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server = server
        self.bucket = server.make_bucket()
        upload(server, self.bucket, write_crawl(folder / "crawl"), "crawl/")
        self.source, self.folder = f"{self.bucket}/crawl", folder
        self.whole = folder / "RUN"
        api.run(self.source, self.whole, PLAN, workers=1)

    def is_whole(self, run: str, to: Path) -> bool:
        """Whether the run in the store has the bytes of the run on disk, and nothing beside."""
        assert_is_whole(run, self.whole, to)
        return True


@pytest.fixture(scope="module")
def held_crawl(running_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawl]:
    with pytest.MonkeyPatch.context() as patch, cleaning_here():
        point_to(patch, running_server.url)
        yield Crawl(running_server, tmp_path_factory.mktemp("stores"))


@pytest.fixture
def crawl(held_crawl: Crawl, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Crawl:
    """The crawl, with scratch folders of this test's own: another machine's."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return held_crawl


@pytest.fixture
def place(crawl: Crawl, tmp_path: Path) -> str:
    return f"{crawl.bucket}/{tmp_path.name}/RUN"


def test_a_run_in_a_store_has_the_bytes_of_a_run_on_disk_and_leaves_nothing_here(crawl: Crawl, place: str, tmp_path: Path) -> None:
    done = api.run(crawl.source, place, PLAN, workers=2)
    assert done.summary == api.open_run(crawl.whole).summary
    assert crawl.is_whole(place, tmp_path / "found")
    assert api.run(crawl.source, place, PLAN).record["last_run_did"] == []
    assert not [path for path in tmp_path.glob("corpus-tools-*/*") if path.is_dir() and not path.name.startswith("view-")]


def _more(value: object, thorough: bool = True) -> object:
    """One more point to try where there is time."""
    return pytest.param(value, marks=[pytest.mark.thorough] if thorough else [])


@pytest.mark.parametrize(
    "victim", [_more(f"{stage.folders[-1]}/manifest.json", stage.name not in ("site", "match", "write")) for stage in STAGES]
)
def test_a_process_killed_before_a_seal_leaves_a_run_that_another_machine_carries_on(
    crawl: Crawl, place: str, tmp_path: Path, victim: str
) -> None:
    _kill(crawl.source, place, victim, tmp_path / "there")
    assert api.run(crawl.source, place, PLAN, workers=1).record["last_run_did"][0] == _maker(victim)
    assert crawl.is_whole(place, tmp_path / "found")


@pytest.mark.parametrize(
    "victim",
    [
        "run.json",
        _more("extracted/started.json"),
        "extracted/part-00001-00000.parquet",
        _more("extracted/.part-00001-00000.parquet.record"),
        _more("sites/manifest.json"),
        "corpus/data/train-00001.parquet",
        _more("corpus/README.md"),
        _more("corpus/removed/manifest.json"),
    ],
)
def test_a_process_killed_between_two_objects_leaves_a_run_that_carries_on(
    crawl: Crawl, place: str, tmp_path: Path, victim: str
) -> None:
    _kill(crawl.source, place, victim, tmp_path / "there")
    api.run(crawl.source, place, PLAN, workers=1)
    assert crawl.is_whole(place, tmp_path / "found")


def _kill(source: str, run: str, victim: str, scratch: Path) -> None:
    scratch.mkdir()
    arguments = [sys.executable, "-c", KILLER, source, run, victim, json.dumps(SETTINGS)]
    killed = subprocess.run(arguments, capture_output=True, env=os.environ | {"TMPDIR": str(scratch)})
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()


def _maker(seal: str) -> str:
    return next(stage.name for stage in STAGES if seal.startswith(f"{stage.folders[-1]}/manifest"))


class _CutOffError(BaseException):
    pass


@pytest.mark.parametrize("share", [_more(0.03), 0.1, _more(0.2), _more(0.33), 0.5, _more(0.6), _more(0.75), 0.9, _more(0.97)])
def test_a_change_of_settings_that_is_cut_off_at_any_request_is_carried_on(
    crawl: Crawl, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    """Seals are taken away, parts replaced: at no moment may a seal name what is not there."""
    api.run(crawl.source, place, PLAN.with_settings({"clean.disclaimers": "keep", "fingerprint.ngram": 4}), workers=1)
    acts, last = [0], [10**9]
    for name in ("put", "delete"):

        def act(self: ObstoreBucket, key: object, *rest: object, inner: object = getattr(ObstoreBucket, name)) -> object:
            acts[0] += ".lock" not in str(key) and ".working" not in str(key)
            if acts[0] > last[0]:
                raise _CutOffError
            return inner(self, key, *rest)  # type: ignore[operator]

        monkeypatch.setattr(ObstoreBucket, name, act)
    acts[0], last[0] = 0, int(share * 150)
    with pytest.raises(_CutOffError):
        api.run(crawl.source, place, PLAN, workers=1)
    monkeypatch.undo()
    point_to(monkeypatch, crawl.server.url)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    open_bucket(parse_address(place), RunError).delete([f"{parse_address(place).key}/.lock"])
    # Tables made from an older table are no damage; what a seal names is there, or there is no seal.
    assert [problem for problem in verify_run(place).problems if "was made from another" not in problem] == []
    api.run(crawl.source, place, PLAN, workers=1)
    assert crawl.is_whole(place, tmp_path / "found")


@pytest.mark.parametrize("wrong", [pytest.param("busy", marks=pytest.mark.thorough), "drop", "cut", "lost"])
def test_a_network_that_fails_now_and_then_changes_nothing(
    crawl: Crawl, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    """``lost``: the object was put, and its answer never came; a condition then speaks against the writer itself."""
    with Proxy(crawl.server, lambda number, method, path: wrong if number % 4 == 1 else "") as proxy:
        point_to(monkeypatch, proxy.url)
        api.run(crawl.source, place, PLAN, workers=1)
    point_to(monkeypatch, crawl.server.url)
    assert crawl.is_whole(place, tmp_path / "found")


def test_a_second_writer_is_refused_and_told_who_holds_the_lock(crawl: Crawl, place: str) -> None:
    held = Lease(open_bucket(parse_address(place), RunError), parse_address(place))
    try:
        with pytest.raises(RunError, match=rf"another process is writing to {place}: {os.getpid()} on "):
            api.run(crawl.source, place, PLAN, workers=1)
    finally:
        held.release()
    assert api.run(crawl.source, place, PLAN, workers=1, until="clean").record["notes"] == []


def test_of_many_that_want_the_lock_one_gets_it(crawl: Crawl, place: str) -> None:
    found: list[object] = []

    def take() -> None:
        try:
            found.append(Lease(open_bucket(parse_address(place), RunError), parse_address(place)))
        except RunError as error:
            found.append(error)

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(one, Lease) for one in found) == 1
    next(one for one in found if isinstance(one, Lease)).release()


def test_a_stale_lock_of_another_machine_is_taken_over_and_said(crawl: Crawl, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(leases.STALE_SETTING, "2")
    address = parse_address(place)
    bucket = open_bucket(address, RunError)
    monkeypatch.setattr(leases.Lease, "_keep_alive", lambda self: None)  # it hangs
    monkeypatch.setattr("socket.gethostname", lambda: "elsewhere")
    hanging = Mirror(address, Path("/nowhere"))
    hanging.lease = Lease(bucket, address)
    monkeypatch.undo()
    point_to(monkeypatch, crawl.server.url)
    monkeypatch.setenv(leases.STALE_SETTING, "2")
    with pytest.raises(RunError, match="on elsewhere"):
        Lease(bucket, address)
    time.sleep(3.2)
    done = api.run(crawl.source, place, PLAN, workers=1)
    assert any("on elsewhere was taken over: it was last heard of" in note for note in done.record["notes"])
    with pytest.raises(RunError, match="was taken over by another process"):
        hanging.lease.check()


def test_a_writer_that_lost_its_lock_replaces_nothing(crawl: Crawl, place: str, tmp_path: Path) -> None:
    api.run(crawl.source, place, PLAN, workers=1)
    late = Mirror(parse_address(place), tmp_path)
    path = tmp_path / "part"
    path.write_bytes(b"other")
    with pytest.raises(RunError, match="changed by another process"):
        late._put("edges/part-00000.parquet", path)
    late.look()
    held = late._seen["edges/manifest.json"]
    late.bucket.put(held.key, b"newer", held.etag, "x")
    with pytest.raises(RunError, match="changed by another process"):
        late._put("edges/manifest.json", path)


def test_a_part_that_was_replaced_or_deleted_is_found_and_made_again(crawl: Crawl, place: str, tmp_path: Path) -> None:
    api.run(crawl.source, place, PLAN, workers=1)
    bucket = open_bucket(parse_address(place), RunError)
    key = f"{parse_address(place).key}/edges/part-00000.parquet"
    size = bucket.head(key).size  # type: ignore[union-attr]
    time.sleep(1.1)
    for spoil, told in ((lambda: bucket.put(key, b"x" * size), "content is not"), (lambda: bucket.delete([key]), "is missing")):
        spoil()
        assert any(told in problem for problem in verify_run(place).problems)
        with pytest.raises(RunError, match=told):
            api.open_run(place).edges.collect()
        assert api.run(crawl.source, place, PLAN, workers=1).record["last_run_did"] == ["match"]
        assert crawl.is_whole(place, tmp_path / told)


def test_what_no_stage_wrote_is_not_deleted(crawl: Crawl, place: str) -> None:
    key = f"{parse_address(place).key}/edges/part-00007.parquet"
    bucket = open_bucket(parse_address(place), RunError)
    api.run(crawl.source, place, PLAN, workers=1, until="fingerprint")
    bucket.put(key, b"mine")
    api.run(crawl.source, place, PLAN, workers=1)
    aside = f"{parse_address(place).key}/edges/set_aside/part-00007.parquet"
    assert bucket.read(aside, 0, 4) == b"mine"
    assert bucket.head(key) is None


def test_another_machine_reads_the_run_and_its_report_goes_to_the_store(crawl: Crawl, place: str, tmp_path: Path) -> None:
    api.run(crawl.source, place, PLAN, workers=1)
    held = api.open_run(place)
    assert held.corpus.collect().equals(api.open_run(crawl.whole).corpus.collect())
    assert backing.tell(str(held.report())) == f"{place}/report.html"
    assert open_bucket(parse_address(place), RunError).head(f"{parse_address(place).key}/report.html")
    assert held.sweep([0.5, 0.9]).equals(api.open_run(crawl.whole).sweep([0.5, 0.9]))
    assert verify_run(place).problems == ()
    assert verify_run(f"{place}/corpus").problems == ()
    assert place in repr(held)


def test_plan_labels_and_decisions_may_be_in_the_store(
    crawl: Crawl, place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    top = parse_address(place).key.rpartition("/")[0]
    bucket = open_bucket(parse_address(place), RunError)
    held = api.open_run(crawl.whole)
    one, other = held.removed.select("page_id", "kept_id").collect().row(0)
    bucket.put(f"{top}/plan.toml", PLAN.to_toml().encode())
    bucket.put(f"{top}/labels.csv", f"left,right,label\n{one},{other},same\n".encode())
    bucket.put(f"{top}/apart.csv", f"decision,page,other\napart,{one},{other}\n".encode())
    near = place.rpartition("/")[0]
    arguments = ["run", crawl.source, "-o", place, "--plan", f"{near}/plan.toml", "--decisions", f"{near}/apart.csv", "-q"]
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 0
    assert one not in api.open_run(place).removed.collect()["page_id"].to_list()
    told = f"{near}/labels.csv"
    assert api.open_run(place).sweep([0.5], told).width > api.open_run(place).sweep([0.5]).width
    with pytest.raises(SystemExit) as ended:
        main(["sweep", place, "--labels", f"{near}/nothing.csv"])
    assert ended.value.code == 3
    assert f"{near}/nothing.csv does not exist" in capsys.readouterr().err


def test_what_a_person_says_in_a_review_goes_to_the_store_and_is_obeyed(crawl: Crawl, place: str) -> None:
    api.run(crawl.source, place, PLAN, workers=1)
    held = api.open_run(place)
    one = held.removed.collect()["page_id"][0]
    write_bytes(held.path / "decisions.csv", f"decision,page\nkeep,{one}\n".encode())
    assert one in api.run(crawl.source, place, PLAN, workers=1).corpus.collect()["page_id"].to_list()
    late = Mirror(parse_address(place), held.path)
    (held.path / "decisions.csv").write_bytes(b"decision,page\n")
    with pytest.raises(RunError, match="changed by another process"):
        late.wrote(held.path / "decisions.csv")


def test_against_a_run_in_a_store_gives_what_it_gives_against_one_on_disk(crawl: Crawl, place: str, tmp_path: Path) -> None:
    new = tmp_path / "more"
    write_crawl(new, 9)
    api.run(crawl.source, place, PLAN, workers=1)
    stored, local = f"{place}-2", tmp_path / "LOCAL"
    api.run(new, stored, PLAN, workers=1, against=place)
    api.run(new, local, PLAN, workers=1, against=crawl.whole)
    assert file_digests(download(stored, tmp_path / "found")) == file_digests(local)
    assert api.open_run(stored).record["against"] == place


def test_what_is_no_run_is_left_alone(crawl: Crawl, place: str, tmp_path: Path) -> None:
    bucket = open_bucket(parse_address(place), RunError)
    bucket.put(f"{parse_address(place).key}/mine.txt", b"x")
    before = [one.key for one in bucket.list(parse_address(place).key)]
    with pytest.raises(RunError, match="is not a run"):
        api.run(crawl.source, place, PLAN)
    with pytest.raises(RunError, match="is no run"):
        api.open_run(place)
    with pytest.raises(RunError, match="overlap"):
        api.run(crawl.source, f"{crawl.source}/RUN", PLAN)
    with pytest.raises(RunError, match="standard input"):
        api.run("-", f"{place}-3", PLAN)
    with pytest.raises(RunError, match="cannot hold a run"):
        api.run(crawl.source, "hf://datasets/owner/name", PLAN)
    assert [one.key for one in bucket.list(parse_address(place).key)] == before
