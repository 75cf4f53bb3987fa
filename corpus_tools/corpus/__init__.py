"""The write stage: kept documents and removed copies as parquet, with a dataset card."""

from __future__ import annotations

from corpus_tools.corpus.account import Account, check_account
from corpus_tools.corpus.card import write_card
from corpus_tools.corpus.write import corpus_rows, removed_rows

__all__ = ["Account", "check_account", "corpus_rows", "removed_rows", "write_card"]
