"""Damage to any file of a run is found and healed, or refused with the name of the file; it is never believed."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from runs import file_digests

from corpus_tools import api, errors
from corpus_tools.api import Run, open_run
from corpus_tools.pipeline.stages import STAGES, Stage
from corpus_tools.pipeline.verify import verify_run
from corpus_tools.plan import Plan
from corpus_tools.readers.spool import spool_stdin
from corpus_tools.store.begun import ASIDE

pytestmark = pytest.mark.usefixtures("clean_here")

PLAN = Plan().with_settings({"read.part_pages": 3})
TABLES = [name for stage in STAGES for name in stage.folders]
FILLED = [name for name in TABLES if name != "corpus/new"]
"""Tables that have parts in a run without an earlier one."""


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x40
    path.write_bytes(content)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "flip": _flip,
    "truncate": lambda path: path.write_bytes(path.read_bytes()[:-7]),
    "zero": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "empty": lambda path: path.write_bytes(b""),
    "delete": Path.unlink,
}


def _first_part(run: Path, table: str) -> Path:
    folder = run / table / "data" if table == "corpus" else run / table
    return min(folder.glob("*.parquet"))


@pytest.mark.parametrize("kind", DAMAGE)
@pytest.mark.parametrize("table", FILLED)
def test_a_damaged_part_is_found_and_made_again(done: Run, crawl: Path, table: str, kind: str) -> None:
    whole = file_digests(done.path)
    DAMAGE[kind](_first_part(done.path, table))
    assert verify_run(done.path).problems
    if table != "extracted":
        with pytest.raises(errors.RunError, match=r"damaged|missing"):
            open_run(done.path).table(table)
    api.run(crawl, done.path, PLAN, workers=1)
    assert file_digests(done.path) == whole
    assert not verify_run(done.path).problems


@pytest.mark.parametrize("kind", DAMAGE)
@pytest.mark.parametrize("table", TABLES)
def test_a_damaged_seal_is_found_and_its_table_made_again(done: Run, crawl: Path, table: str, kind: str) -> None:
    whole = file_digests(done.path)
    DAMAGE[kind](done.path / table / "manifest.json")
    api.run(crawl, done.path, PLAN, workers=1)
    found = {name: digest for name, digest in file_digests(done.path).items() if ASIDE not in name}
    assert found == whole


@pytest.mark.parametrize("kind", DAMAGE)
@pytest.mark.parametrize("name", ["run.json", "inputs.parquet", "corpus/README.md"])
def test_a_damaged_file_beside_the_tables_is_written_again(done: Run, crawl: Path, name: str, kind: str) -> None:
    whole = file_digests(done.path)
    DAMAGE[kind](done.path / name)
    again = api.run(crawl, done.path, PLAN, workers=1)
    assert again.summary == done.summary
    if name != "corpus/README.md" or kind == "delete":  # a card that was edited stays
        assert file_digests(done.path) == whole


@pytest.mark.parametrize("table", FILLED)
def test_a_part_that_no_stage_wrote_is_not_read_and_not_deleted(done: Run, crawl: Path, table: str) -> None:
    whole = file_digests(done.path)
    part = _first_part(done.path, table)
    strange = part.with_name(f"{part.name.split('-')[0]}-99999.parquet")
    shutil.copyfile(part, strange)
    content = strange.read_bytes()
    assert verify_run(done.path).problems
    again = api.run(crawl, done.path, PLAN, workers=1)
    assert again.record["last_run_did"] == []
    assert (done.path / table / ASIDE / strange.name).read_bytes() == content
    assert {name: digest for name, digest in file_digests(done.path).items() if ASIDE not in name} == whole


def test_swapped_parts_are_found(done: Run, crawl: Path) -> None:
    whole = file_digests(done.path)
    first, second = sorted((done.path / "documents").glob("*.parquet"))[:2]
    held = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(held)
    api.run(crawl, done.path, PLAN, workers=1)
    assert file_digests(done.path) == whole


@pytest.mark.parametrize("kind", DAMAGE)
def test_damaged_cleaned_pages_without_their_source_are_refused_and_left(done: Run, kind: str) -> None:
    part = _first_part(done.path, "extracted")
    DAMAGE[kind](part)
    before = file_digests(done.path)
    with pytest.raises(errors.RunError, match=part.name):
        api.resume(done.path, workers=1)
    assert file_digests(done.path) == before


@pytest.mark.parametrize("kind", DAMAGE)
@pytest.mark.parametrize("table", ["corpus", "corpus/removed"])
def test_a_copied_corpus_is_verified(done: Run, tmp_path: Path, table: str, kind: str) -> None:
    shutil.copytree(done.path, tmp_path / "COPY")
    (tmp_path / "COPY" / "corpus").rename(tmp_path / "published")
    assert not verify_run(tmp_path / "published").problems
    part = _first_part(done.path, table).relative_to(done.path / "corpus")
    DAMAGE[kind](tmp_path / "published" / part)
    problems = verify_run(tmp_path / "published").problems
    assert [part.name in problem for problem in problems] == [True]


@pytest.mark.parametrize("kind", DAMAGE)
def test_an_earlier_run_is_checked(done: Run, crawl: Path, tmp_path: Path, kind: str) -> None:
    DAMAGE[kind](_first_part(done.path, "edges"))
    with pytest.raises(errors.RunError, match=r"damaged|missing"):
        api.run(crawl, tmp_path / "NEW", PLAN, workers=1, against=done.path)
    assert not (tmp_path / "NEW").exists()


@pytest.mark.parametrize("verb", ["site", "fingerprint", "match", "rewrite", "group", "write"])
def test_stale_tables_are_refused_or_kept_and_never_emptied(done: Run, verb: str) -> None:
    plan = PLAN.with_settings({"clean.focus": "precision", "write.compression_level": 3})
    before = file_digests(done.path)
    with pytest.raises(errors.RunError, match=r"clean\.focus was 'balanced', is now 'precision'"):
        api.resume(done.path, plan, workers=1, until=verb)
    assert file_digests(done.path) == before
    kept = api.resume(done.path, plan, workers=1, until=verb, stale=True)
    assert kept.record["kept_stale"]["clean"] == ["clean.focus was 'balanced', is now 'precision'"]
    assert kept.plan.clean.focus == "balanced"
    if verb == "write":
        assert "Made from older tables" in (done.path / "corpus" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("place", ["documents", "corpus", "corpus/data", "corpus/removed", ".lock"])
def test_a_link_in_a_run_folder_leads_nothing_outside(done: Run, crawl: Path, tmp_path: Path, place: str) -> None:
    outside = tmp_path / "outside"
    shutil.move(done.path / place, outside)
    (done.path / place).symlink_to(outside)
    held = file_digests(outside)
    with pytest.raises(errors.RunError, match="is a link"):
        api.run(crawl, done.path, PLAN.with_settings({"site.min_words": 11}), workers=1)
    assert file_digests(outside) == held


def test_a_run_folder_and_its_sources_are_kept_apart(crawl: Path, done: Run, tmp_path: Path) -> None:
    for source in (crawl, str(crawl / "*"), str(crawl / "**" / "*.html")):
        with pytest.raises(errors.RunError, match="lies inside the source"):
            api.run(source, crawl / "RUN", workers=1)
    assert not (crawl / "RUN").exists()
    with pytest.raises(errors.RunError, match="lies inside the run folder"):
        api.run(done.path / "corpus", done.path, workers=1)
    with pytest.raises(errors.SourceError):
        api.run(crawl / "nowhere", tmp_path / "NEW")
    assert not (tmp_path / "NEW").exists()


@pytest.mark.parametrize(
    "place",
    [
        "run.json",
        "inputs.parquet",
        "documents/manifest.json",
        "documents/.seen.json",
        "clusters/started.json",
        "corpus/README.md",
        "documents/part-00000-00000.parquet",
        "clusters/part-00000.parquet",
        "corpus/data/train-00000.parquet",
    ],
)
def test_what_a_file_that_is_a_link_leads_to_is_left(done: Run, crawl: Path, tmp_path: Path, place: str) -> None:
    """Whatever a file's name leads to, a run writes a file of its own there: nothing outside is written, cut short or deleted."""
    outside = tmp_path / "outside"
    outside.mkdir()
    target = outside / "precious"
    target.write_bytes(b"the user's own" * 1000)
    (done.path / place).unlink(missing_ok=True)
    (done.path / place).symlink_to(target)
    for settings in ({"site.min_words": 11}, {"site.min_words": 12}):
        api.run(crawl, done.path, PLAN.with_settings(settings), workers=1)
    assert target.read_bytes() == b"the user's own" * 1000


def test_links_for_the_report_and_for_standard_input_are_refused(done: Run, tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_text("the user's own")
    (done.path / "report.html").symlink_to(target)
    with pytest.raises(errors.RunError, match="is a link"):
        done.report()
    (done.path / "input").mkdir()
    (done.path / "input" / "stdin.part").symlink_to(target)
    spool_stdin(done.path / "input", io.BytesIO(b"some pages"))
    assert target.read_text() == "the user's own"
    (done.path / "input" / "stdin").unlink()
    (done.path / "input" / "stdin").symlink_to(target)
    with pytest.raises(errors.RunError, match="is a link"):
        spool_stdin(done.path / "input", io.BytesIO(b"some pages"))


@pytest.mark.parametrize("place", ["", "documents", "corpus", "corpus/data", "corpus/removed", "extracted"])
def test_a_users_files_stay(done: Run, crawl: Path, place: str) -> None:
    """Notes, tables of one's own, copies: whatever they are called, they are where they were or set aside."""
    names = [
        "notes.txt",
        "labels.csv",
        "my.parquet",
        "part-final.parquet",
        "train.parquet",
        "part-77777.parquet",
        ".hidden",
        "a.tmp",
    ]
    for name in names:
        (done.path / place / name).write_text(f"mine: {name}")
    (done.path / place / "mine").mkdir()
    (done.path / place / "mine" / "part-00000.parquet").write_text("mine")
    for settings in ({"clean.focus": "precision"}, {}):
        api.run(crawl, done.path, PLAN.with_settings(settings), workers=1)
    held = {path.read_text() for path in done.path.rglob("*") if path.is_file() and path.stat().st_size < 60}
    assert {f"mine: {name}" for name in names} <= held
    assert (done.path / place / "mine" / "part-00000.parquet").read_text() == "mine"


def test_other_versions_of_the_package_and_of_libraries_are_refused_or_kept(done: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    before = file_digests(done.path)
    for name, told in (("code_digest", "the code of this stage changed"), ("versions", "lxml was")):
        with monkeypatch.context() as patch:
            value = "other" if name == "code_digest" else {"lxml": "0.1"}
            patch.setattr(Stage, name, lambda stage, value=value: value)
            for verb in ("site", "group", "write"):
                with pytest.raises(errors.RunError, match=f"cleaned again[\\s\\S]*{told}[\\s\\S]*--keep-stale"):
                    api.resume(done.path, workers=1, until=verb)
            assert file_digests(done.path) == before


def test_tables_of_another_version_can_be_kept(done: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Stage, "code_digest", lambda stage: "other")
    kept = api.resume(done.path, workers=1, until="write", stale=True)
    assert kept.record["kept_stale"]["clean"] == ["the code of this stage changed"]
    card = (done.path / "corpus" / "README.md").read_text(encoding="utf-8")
    assert "the code of this stage changed" in card
    assert kept.summary == done.summary
