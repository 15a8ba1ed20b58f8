"""How long a plan takes without a model: three towns, warm, on the starter corpus and the seeds.

``python -m evals bench-plans`` prints a table; each plan is checked by `evals.independent.plans`.
"""

import json
import tempfile
import time
from pathlib import Path
from statistics import median

from assistant import Assistant
from assistant.export.rows import plan_row
from assistant.indexing import ingest, starter_folders
from assistant.planning.brief import load_brief
from assistant.settings import Settings
from evals.independent.plans import plan_faults
from evals.sets.samples import NO_SAMPLES, samples

_BRIEFS = Path(__file__).parents[2] / "tests" / "data" / "briefs"
_ROUNDS = 5


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        _measure("starter corpus", Path(name) / "starter", starter_folders())
        seeds = samples() / "seeds"
        if seeds.is_dir():
            _measure("starter corpus and seeds", Path(name) / "all", [*starter_folders(), seeds])
        else:
            print(f"seeds: {NO_SAMPLES}")


def _measure(title: str, root: Path, folders: list[Path]) -> None:
    ingest(folders, root, Settings())
    assistant = Assistant.open(root, Settings())
    for path in sorted(_BRIEFS.glob("*.toml")):
        brief = load_brief(path)
        plan = assistant.draft(brief, mode="extractive")
        wall, processor = [], []
        for _ in range(_ROUNDS):
            began, worked = time.perf_counter(), time.process_time()
            assistant.draft(brief, mode="extractive")
            wall.append(time.perf_counter() - began)
            processor.append(time.process_time() - worked)
        row = json.loads(json.dumps(plan_row(plan)))
        quotes, faults = plan_faults(row)
        roles = sum(role["basis"] == "source" for role in row["roles"])
        print(
            f"{title}, {path.stem}: {median(wall):.2f} s (processor {median(processor):.2f} s,"
            f" n = {_ROUNDS}), {quotes} quotes, {roles} sourced roles, {len(faults)} faults"
        )
        for fault in faults:
            print(f"  {fault}")
    assistant.close()
