"""The dataset card is valid YAML and shows what it says, whatever languages, sites and kinds of passages are called."""

from __future__ import annotations

import html
import re
from pathlib import Path

import polars as pl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from corpus_tools.plan import Plan
from corpus_tools.write.account import Account
from corpus_tools.write.card import write_card

AWKWARD = [
    *(
        "no",
        "on",
        "off",
        "y",
        "null",
        "~",
        "true",
        "1",
        "1e3",
        "0x1f",
        "12:30",
        "2020-01-01",
        "",
        "-",
        "?",
        "und",
        "en-US",
        "zh-Hant",
    ),
    *(
        "'",
        '"',
        '"no"',
        "a: b",
        "- x",
        "# x",
        "!!python/object:os.system",
        "&a",
        "*a",
        "[a",
        "{a",
        "%x",
        "@x",
        "`x`",
        "```",
        "|x|",
        "a|b",
    ),
    *("a\nb", "---\nb: 1", "\n---\n", "a\r\nb", "\x00\x1b[2J", "\u202eevil", "\u2028", "😀", "עברית"),
    *("<b>x</b>", "<script>alert(1)</script>", "&lt;b&gt;", "&amp;", "*x*", "_x_", "__x__", "a_b_c", "~~x~~", "$x$", "$$x$$"),
    *(
        "[x](http://evil)",
        "![x](http://evil/i.png)",
        "www.evil.example",
        "http://evil.example",
        "a@b.example",
        "\\",
        "\\|",
        "\\\\|",
    ),
    *("# head", "=====", "1. x", "+ x", "[^1]", "[[x]]", ":smile:", "x^2^", "==x=="),
]


def card(path: Path, languages: list[str | None], sites: list[str], kinds: list[str], plan: Plan = Plan()) -> str:  # noqa: B008
    count = max(len(languages), len(sites))
    corpus = pl.concat(
        [
            pl.DataFrame({"language": languages, "site": sites}, {"language": pl.String, "site": pl.String}),
            pl.DataFrame(
                {"licence": sites, "emails": [2] * count, "phone_numbers": [0] * count},
                {"licence": pl.String, "emails": pl.Int64, "phone_numbers": pl.Int64},
            ),
        ],
        how="horizontal",
    )
    stripped = pl.DataFrame({"kind": kinds}, {"kind": pl.String})
    changed = {"clean": [f"clean.x was {site!r}" for site in sites]}
    write_card(path, Account(len(sites), len(sites), 0, 0, 0), plan, corpus.lazy(), stripped.lazy(), "1.0", changed)
    return path.read_text(encoding="utf-8")


def head_of(text: str) -> dict[str, object]:
    opened, head, _ = text.split("---\n", 2)
    assert opened == ""
    return dict(yaml.safe_load(head))


def cells_of(text: str, title: str) -> list[str]:
    """What a reader sees in the first column of a table."""
    shown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(text.split("---\n", 2)[2])
    table = shown.split(f"<h2>{title}</h2>")[1].split("</table>")[0]
    rows = re.findall(r"<tr>\s*<td>(.*?)</td>\s*<td>([\d,]+)</td>\s*</tr>", table, re.S)
    assert table.count("<tr>") == len(rows) + 1
    assert not re.search(r"<(?!/?(?:table|thead|tbody|tr|th|td)\b)", table)
    return [html.unescape(first) for first, _ in rows]


@pytest.mark.parametrize("name", AWKWARD)
def test_no_name_breaks_the_card(tmp_path: Path, name: str) -> None:
    text = card(tmp_path / "README.md", [name], [name], [name])
    head = head_of(text)
    assert head["configs"] == [
        {"config_name": "default", "default": True, "data_files": [{"split": "train", "path": "data/train-*.parquet"}]}
    ]
    assert head["language"] in ([name], ["und"])
    for title in ("Languages", "Licences", "Sites", "Cut from the pages"):
        (shown,) = cells_of(text, title)
        assert shown == _seen(name) or (not name and shown in ("unknown", "none stated", ""))
    assert text.count("## Plan\n\n```toml\n") == 1


def _seen(name: str) -> str:
    """A name as the card shows it: on one line, control characters as signs."""
    from corpus_tools.errors import visible

    return visible(" ".join(name.split()))


@given(st.lists(st.text(max_size=12), min_size=1, max_size=4, unique=True))
def test_any_names(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    names = [name for name in names if name.encode("utf-8", "ignore").decode() == name] or ["x"]
    text = card(tmp_path_factory.getbasetemp() / "README.md", [*names], names, names)
    assert set(head_of(text)) == {"pretty_name", "configs", "size_categories", "language", "tags"}
    assert sorted(cells_of(text, "Sites")) == sorted(map(_seen, names))


def test_every_language_code_stays_a_string(tmp_path: Path) -> None:
    codes = ["no", "on", "en", "yes", "nan", "pt-BR", "zh-Hant-TW"]
    assert head_of(card(tmp_path / "README.md", [*codes], codes, []))["language"] == sorted(codes)


def test_a_setting_does_not_close_the_fence_around_the_plan(tmp_path: Path) -> None:
    plan = Plan().with_settings({"read.text_field": "a\n```\n````\n# b 😀 \x7f"})
    text = card(tmp_path / "README.md", ["en"], ["a"], [], plan)
    tokens = [token for token in MarkdownIt("commonmark").parse(text) if token.type == "fence" and token.info == "toml"]
    (tmp_path / "plan.toml").write_text(tokens[0].content, encoding="utf-8")
    assert Plan.from_toml(tmp_path / "plan.toml") == plan


def test_licences_and_personal_data_are_told(tmp_path: Path) -> None:
    text = card(tmp_path / "README.md", ["en", "de"], ["a", "b"], [])
    assert (
        "4 e-mail addresses in 2 documents and 0 telephone numbers in 0 documents were found, and left as they are (`write.redact` was off)."
        in text
    )
    assert "\n| a | 1 |\n" in text.split("## Licences")[1].split("##")[0]
    plan = Plan().with_settings({"write.redact": True, "clean.metadata": False, "write.name": "A: `b`\n# c"})
    text = card(tmp_path / "README.md", ["en"], ["a"], [], plan)
    assert "a mark ([EMAIL_ADDRESS], [PHONE_NUMBER]) stands in their place" in text
    assert "what pages say of their licence was not read" in text
    assert head_of(text)["pretty_name"] == "A: `b`\n# c"


def test_the_snippets_name_every_reader_and_hold_code(tmp_path: Path) -> None:
    """That they load a corpus is tested with the readers themselves."""
    text = card(tmp_path / "README.md", ["en"], ["a"], [])
    for name in ("datasets", "polars", "duckdb", "pandas", "pyspark"):
        assert re.search(rf"(?:import|from) {name}\b", text), name


def test_what_is_new_is_a_configuration_of_its_own(tmp_path: Path) -> None:
    columns = {"language": ["en"], "site": ["a"], "licence": [None], "emails": [0], "phone_numbers": [1]}
    corpus, stripped = pl.LazyFrame(columns), pl.LazyFrame({"kind": ["byline"]})
    write_card(tmp_path / "README.md", Account(1, 1, 0, 0, 0), Plan(), corpus, stripped, "1.0", delta=(2, 1))
    text = (tmp_path / "README.md").read_text(encoding="utf-8")
    names = {one["config_name"]: one["data_files"][0]["path"] for one in yaml.safe_load(text.split("---\n")[1])["configs"]}
    assert names == {"default": "data/train-*.parquet", "new": "new/train-*.parquet"}
    assert "holds 2 documents that" in text
    assert "names 1 document that" in text
    assert "| none stated | 1 |" in text
    assert "0 e-mail addresses in 0 documents and 1 telephone number in 1 document were found" in text
