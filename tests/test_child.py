"""Processes of our own."""

from __future__ import annotations

import subprocess
import sys

from corpus_tools.child import child_environment

NO_PANDAS = """
import sys
from corpus_tools.child import leave_pandas_out

leave_pandas_out()
import numpy as np
import pyarrow as pa

assert pa.array(np.arange(3)).to_pylist() == [0, 1, 2]
assert "pandas" not in sys.modules
import pandas as pd

assert pa.array(pd.Series([1, 2])).to_pylist() == [1, 2]
assert pa.table({"a": [1]}).to_pandas()["a"].tolist() == [1]
"""


def test_arrow_does_without_pandas_until_it_is_imported() -> None:
    subprocess.run([sys.executable, "-c", NO_PANDAS], check=True, env=child_environment())
