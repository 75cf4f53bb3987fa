"""What is published and built beside the code: metadata, links, the image, the workflows, the site; where it does not run it says so."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from corpus_tools import __version__
from corpus_tools.cli import app

ROOT = Path(__file__).parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def test_metadata_is_complete_and_the_version_is_one() -> None:
    held = PROJECT["project"]
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert held["version"] == cited["version"] == __version__
    assert held["license"] == cited["license"]
    assert {"authors", "classifiers", "description", "keywords", "license-files", "requires-python", "urls"} <= set(held)
    assert {"Homepage", "Documentation", "Changelog", "Issues"} <= set(held["urls"])
    assert "lxml-html-clean" in " ".join(held["dependencies"])


def test_links_of_the_readme_are_absolute_where_it_is_published_and_lead_to_files_here() -> None:
    """As the build rewrites them."""
    (rule,) = PROJECT["tool"]["hatch"]["metadata"]["hooks"]["fancy-pypi-readme"]["substitutions"]
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    published = re.sub(rule["pattern"], rule["replacement"], text)
    links = re.findall(r"\]\(([^)]+)\)", published)
    assert len(links) > 10
    assert all(link.startswith(("https://", "#")) for link in links)
    for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
        assert (ROOT / link).exists(), link


def test_every_python_that_is_named_has_a_resolution() -> None:
    """One lock for all of them, with wheels of what is compiled."""
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    assert lock["requires-python"] == PROJECT["project"]["requires-python"] == ">=3.11"
    named = re.findall(r"Python :: (3\.\d+)", " ".join(PROJECT["project"]["classifiers"]))
    assert named == ["3.11", "3.12", "3.13", "3.14"]
    for name in ("numba", "lxml", "fastwarc", "selectolax"):
        wheels = " ".join(one["url"] for package in lock["package"] if package["name"] == name for one in package["wheels"])
        for version in named:
            tag = f"cp{version.replace('.', '')}"
            assert re.search(rf"-(?:{tag}-{tag}|cp3\d+-abi3)-manylinux", wheels), (name, version)


def test_the_image_is_made_of_what_is_there() -> None:
    """Without a daemon: files that are copied exist and are let through, extras and commands are those of this version."""
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    steps = [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in lines if line and not line.startswith("#")]
    let_through = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = [name for verb, rest in steps if verb == "COPY" for name in shlex.split(rest)[:-1]]
    assert copied
    for name in copied:
        assert (ROOT / name).exists()
        assert name in let_through
    needed = {PROJECT["build-system"]["build-backend"], "README.md", *PROJECT["project"]["license-files"]} - {"hatchling.build"}
    assert needed <= set(copied)
    extras = re.search(r"/src\[([\w,]+)\]", " ".join(rest for _, rest in steps))
    assert extras
    assert set(extras[1].split(",")) <= set(PROJECT["project"]["optional-dependencies"])
    called = [rest for verb, rest in steps if verb == "RUN" and rest.startswith("corpus-tools ")]
    assert called == ["corpus-tools warm-up"]
    assert all(line.split()[1] in set(app) for line in called)
    assert dict(steps)["USER"] not in ("root", "0")
    assert dict(steps)["ENTRYPOINT"] == '["corpus-tools"]'
    base = re.fullmatch(r"python:(3\.\d+)-slim-\w+", dict(steps)["FROM"])
    assert base


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflows_have_steps_that_exist_and_no_more_rights_than_they_need(path: Path) -> None:
    held = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert held["permissions"] == {"contents": "read"}
    assert True in held  # YAML takes the key "on" for this
    for job in held["jobs"].values():
        for step in job["steps"]:
            assert ("uses" in step) != ("run" in step)
            if "uses" in step:
                assert re.fullmatch(r"[\w.-]+/[\w.-]+@(?:v\d[\w.]*|release/v1)", step["uses"])
            for script in re.findall(r"(?<!\S)(\.ci/\w+)", step.get("run", "")):
                assert (ROOT / script).is_file()


def test_where_it_does_not_run_it_says_so() -> None:
    code = "import sys; sys.platform = 'win32'; import corpus_tools"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert told.returncode == 1
    assert "ImportError: corpus-tools does not run on Windows" in told.stderr
    assert told.stderr.strip().splitlines()[-1].startswith("hint: ")


def test_pages_of_the_site_are_there() -> None:
    """Links and anchors are checked by the build itself."""
    site = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    named = re.findall(r"[\w/]+\.md", str(site["nav"]))
    beside = {"index.md": "README.md", "CHANGELOG.md": "CHANGELOG.md", "CONTRIBUTING.md": "CONTRIBUTING.md"}
    for name in named:
        assert name == "api.md" or (ROOT / beside.get(name, f"docs/{name}")).is_file(), name
    assert {path.name for path in (ROOT / "docs").glob("*.md")} <= {Path(name).name for name in named}
