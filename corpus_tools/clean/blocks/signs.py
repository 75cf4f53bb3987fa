"""What machines put beside headings: anchors to a section and links to edit it."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_tools.clean.html.html_page import HtmlPage

_ANCHOR = re.compile(r"\s*[¶§#🔗]$")
_EDIT = re.compile(
    r"\s*\[\s*(?:edit|bearbeiten|quelltext|modifier|modifica|editar|bewerken|edytuj|редагувати|править|редактировать|redigera|rediger|"
    r"değiştir|upravit|editovat|szerkesztés|muokkaa|編集|編輯|编辑|편집|تعديل|تحرير|عدل|עריכה)\b[^\[\]]{0,60}\]$",
    re.I,
)
_LONGEST = 64
"""Characters of the longest link to edit."""


def without_sign(text: str, linked: int) -> str:
    """A heading, of which so many characters are linked, without the anchor or the link to edit its section at its end."""
    if not 0 < linked < len(text):
        return text
    found = (_ANCHOR.search(text) if linked == 1 else None) or _EDIT.search(text)
    return text[: found.start()] if found and found.start() else text


def find_signs(page: HtmlPage, levels: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Blocks that are nothing but a link to edit the section of the heading before them."""
    chars, linked = page.arrays.chars, page.arrays.linked
    after = np.flatnonzero((levels[:-1] > 0) & (levels[1:] == 0) & (linked[1:] > 0) & (chars[1:] <= _LONGEST)) + 1
    return np.array([at for at in after.tolist() if _EDIT.fullmatch(page.texts[at])], np.int64)
