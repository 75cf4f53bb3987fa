"""The recipes in docs/recipes.md run as they stand, each where its library is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from runs import SAMPLES, share

from corpus_tools import api

PAGE = Path(__file__).parents[1] / "docs" / "recipes.md"
RECIPES = [
    (needed, code) for needed, code in re.findall(r"```python(?: needs=(\w+))?\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
]


def make(folder: Path) -> None:
    shutil.copytree(SAMPLES / "pages", folder / "crawl")
    api.run(str(folder / "crawl"), folder / "RUN", workers=1)


@pytest.fixture
def place(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    """A folder of its own with ``crawl`` and ``RUN``."""
    made = share(tmp_path_factory, "recipes", make)
    return Path(shutil.copytree(made, tmp_path / "work"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("needed", "code"),
    [
        pytest.param(
            needed,
            code,
            id=f"{number}{needed and '-'}{needed}",
            marks=[pytest.mark.spark, pytest.mark.thorough] if needed == "pyspark" else [],
        )
        for number, (needed, code) in enumerate(RECIPES)
    ],
)
def test_a_recipe_runs(needed: str, code: str, place: Path) -> None:
    if needed and not find_spec(needed):
        pytest.skip(f"needs {needed}")
    (place / "recipe.py").write_text(code, encoding="utf-8")
    done = subprocess.run([sys.executable, "recipe.py"], cwd=place, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
