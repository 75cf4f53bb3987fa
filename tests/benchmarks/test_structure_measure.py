"""The structure benchmark: what a group is, when it is torn or lost, which h1 is the page's, on tiny pages."""

from __future__ import annotations

import pytest

from benchmarks.cleaning import structure as bench
from benchmarks.cleaning.passage_scores import Seen
from benchmarks.data.wcxb import Sample

PLANTS = "rose tulip daisy lily iris peony aster dahlia clover heather"


def items(words: str, tag: str = "ul") -> str:
    return f"<{tag}>" + "".join(f"<li>{word}</li>" for word in words.split()) + f"</{tag}>"


def sample(html: str, gold: str, kind: str = "article") -> Sample:
    return Sample("a", "http://a.example/", kind, f"<body>{html}".encode(), gold, (), ())


def tally(html: str, gold: str, text: str, title: str = "", kind: str = "article") -> dict[str, dict[str, float]]:
    page = sample(html, gold, kind)
    return bench.measure([page], {"one": lambda _: (text, title)})["one"]


def test_outermost_groups_of_every_kind() -> None:
    nested = f"<ul><li>one two three four five {items('six seven')}</li></ul>"
    terms = "<dl><dt>hay fever</dt><dd>an allergy to pollen</dd></dl>"
    table = "<table><tr><td>a b</td><td>c d</td><td>e f</td></tr></table>"
    groups = bench.Page.of(f"<body>{nested}{terms}{table}{items('too few')}".encode()).groups
    assert [(kind, len(words)) for kind, words in groups] == [("lists", 7), ("terms", 6), ("tables", 6)]


@pytest.mark.parametrize(
    "inside", [f"<h2>Plants</h2>{items(PLANTS)}", f"<nav>{items(PLANTS)}</nav>", f"<form>{items(PLANTS)}</form>"]
)
def test_a_table_that_lays_out_the_page_is_no_group_but_what_it_holds_is(inside: str) -> None:
    groups = bench.Page.of(f"<body><table><tr><td>{inside}</td></tr></table>".encode()).groups
    assert groups == [("lists", PLANTS.split())]


def test_unseen_text_is_not_of_a_group() -> None:
    groups = bench.Page.of(f"<body><ul><script>var a = 1</script><li>{PLANTS}</li></ul>".encode()).groups
    assert groups == [("lists", PLANTS.split())]


@pytest.mark.parametrize(
    ("left", "torn", "lost"),
    [
        (PLANTS, 0, 0),
        ("rose tulip daisy lily iris peony aster dahlia", 0, 0),
        ("rose tulip daisy lily iris peony", 1, 0),
        ("", 0, 1),
    ],
)
def test_a_group_is_whole_torn_or_lost(left: str, torn: float, lost: float) -> None:
    row = tally(items(PLANTS), PLANTS, left)["lists"]
    fates = {"groups": 1, "pages": 1, "torn": torn, "lost": lost, "torn_or_lost": torn + lost}
    assert row == fates | {"foreign": 0, "foreign_stand": 0}


def test_edges_of_the_fates() -> None:
    assert [bench.fate(share) for share in (0.0, 0.19, 0.2, 0.79, 0.8, 1.0)] == ["lost", "lost", "torn", "torn", "whole", "whole"]


def test_words_that_stand_here_and_there_do_not_make_a_group() -> None:
    scattered = Seen(["rose and tulip and daisy and lily and iris".split()])
    assert bench.share_held(PLANTS.split(), scattered) == 0.0


def test_groups_that_the_gold_text_leaves_out_do_not_count() -> None:
    few = "rose tulip daisy lily iris"
    assert tally(items(PLANTS), few, "")["lists"]["groups"] == 0
    assert tally(items(PLANTS), f"{few} peony", "")["lists"]["groups"] == 1


@pytest.mark.parametrize(("left", "stands"), [(PLANTS, 1.0), ("rose tulip daisy lily", 0.0), ("", 0.0)])
def test_groups_foreign_to_the_gold_text_should_not_stand(left: str, stands: float) -> None:
    row = tally(items(PLANTS), "It comes in May.", left)["lists"]
    assert (row["groups"], row["foreign"], row["foreign_stand"]) == (0, 1, stands)


def test_first_heading_of_the_gold_text_is_looked_for() -> None:
    html = "<h1>Our site</h1><h1>Hay  fever</h1>"
    row = tally(html, "Hay fever\nIt comes in May.", "hay fever. It comes in May.")
    assert row["h1_kept"] == row["h1_line_kept"] == {"pages": 1, "share": 1.0}
    row = tally(html, "About hay fever in May.", "In May.")
    assert (row["h1_kept"], row["h1_line_kept"]["pages"]) == ({"pages": 1, "share": 0.0}, 0)
    assert tally(html, "It comes in May.", "")["h1_kept"]["pages"] == 0


def test_part_of_a_word_is_not_the_heading() -> None:
    assert not bench.says("Hay feverish", "hay fever")
    assert not bench.says("...", "...")


def test_title_is_the_only_h1_of_an_article() -> None:
    right = {"pages": 1, "share": 1.0}
    assert tally("<h1>Hay<br> fever</h1>", "", "", "Hay fever")["title_is_h1"] == right
    assert tally("<h1>Hay fever</h1>", "", "", "Hay fever | Site")["title_is_h1"]["share"] == 0.0
    assert tally("<h1>Hay fever</h1><h1>Site</h1>", "", "", "Hay fever")["title_is_h1"]["pages"] == 0
    assert tally("<h1>Hay fever</h1>", "", "", "Hay fever", kind="forum")["title_is_h1"]["pages"] == 0


def test_a_cleaner_that_raises_loses_everything() -> None:
    def broken(_: Sample) -> bench.Answer:
        raise ValueError

    figures = bench.measure([sample(items(PLANTS), PLANTS)], {"one": broken})["one"]
    assert figures["lists"]["lost"] == 1
