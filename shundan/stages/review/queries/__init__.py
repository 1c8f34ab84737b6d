"""Reads of review.

inputs.py  what the checks look at, gathered for a whole batch
runs.py    what they found, and what they compare with
"""

from __future__ import annotations

from shundan.stages.review.queries.inputs import gather
from shundan.stages.review.queries.runs import last_run, last_runs, runs_of, thresholds_of

__all__ = ["gather", "last_run", "last_runs", "runs_of", "thresholds_of"]
