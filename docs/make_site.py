"""What mkdocs does to these pages: the files beside docs/ become pages, the library's page is made from its docstrings, links are led right.

A link to a file of the repository that is no page goes to the repository; one to a file that does not exist fails the build.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parent.parent
BESIDE = {
    "index.md": "README.md",
    "CHANGELOG.md": "CHANGELOG.md",
    "CONTRIBUTING.md": "CONTRIBUTING.md",
    "SECURITY.md": "SECURITY.md",
}
"""Pages of the site whose sources lie beside docs/."""
_LINK = re.compile(r"(\]\()([^)\s#]+)(#[^)\s]*)?(\))")
_FENCE = re.compile(r"^(```.*?^```[^\n]*$)", re.M | re.S)


def on_files(files: Files, config: Any) -> Files:
    """Add the pages that have no file in docs/."""
    for name, source in BESIDE.items():
        files.append(File.generated(config, name, content=(ROOT / source).read_text(encoding="utf-8")))
    files.append(File.generated(config, "api.md", content=_library()))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Files) -> str:
    """Lead links right: they are written as they work in the repository."""
    name = page.file.src_uri
    home = posixpath.dirname(f"docs/{name}") if name not in BESIDE else posixpath.dirname(BESIDE[name])
    here = posixpath.dirname(name) or "."

    def lead(found: re.Match[str]) -> str:
        target = found[2]
        if re.match(r"[a-z]+:", target) or name == "api.md":
            return found[0]
        path = posixpath.normpath(posixpath.join(home, target))
        if not (ROOT / path).exists():
            raise PluginError(f"{name} links to {target}, which does not exist")
        beside = {source: made for made, source in BESIDE.items()}
        inside = beside.get(path) or (path.removeprefix("docs/") if path.startswith("docs/") else "")
        if inside and files.get_file_from_path(inside):
            return f"{found[1]}{posixpath.relpath(inside, here)}{found[3] or ''}{found[4]}"
        if inside and files.get_file_from_path(f"{inside}/README.md"):
            return f"{found[1]}{posixpath.relpath(inside, here)}/README.md{found[4]}"
        return f"{found[1]}{config.repo_url}/blob/main/{path}{found[3] or ''}{found[4]}"

    pieces = _FENCE.split(markdown)
    return "".join(piece if piece.startswith("```") else _LINK.sub(lead, piece) for piece in pieces)


def _library() -> str:
    """The page of the library: every public name, from its docstring, where it is defined."""
    import corpus_tools

    head = "# Library\n\nEvery public name of `corpus_tools`, from its docstring.\n"
    names = sorted(corpus_tools.__all__, key=str.casefold)
    places = [(name, f"{getattr(corpus_tools, name).__module__}.{name}") for name in names]
    return "\n".join([head, *(f"::: {place}\n    options:\n      heading: {name}\n" for name, place in places)])
