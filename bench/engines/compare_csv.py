"""Whether the engines agree from CSV on: rows made ready, and what each activity has of each resource within a penny.

Each engine names patients and events in its own way, so of two events at the same distance it may take the other:
what is compared holds whichever is taken.
"""
import sys
from pathlib import Path

import duckdb

folder = sys.argv[1]
run = next(it for it in Path(folder, "runs-csv").iterdir() if (it / "event_costs").is_dir())
db = duckdb.connect()


def ready(dataset):
    """Rows of feeds, and events."""
    rows = "select count(*) from read_parquet(?)"
    feeds = [str(Path(folder, dataset, "feeds", f"{it}.parquet")) for it in ("CONT", "IMAG", "MEDS", "PATH")]
    events = str(Path(folder, dataset, "events.parquet"))
    return db.execute(rows, [feeds]).fetchone()[0], db.execute(rows, [events]).fetchone()[0]


ours = ready("dataset-csv")
print(f"{ours[0]} rows and {ours[1]} events made ready")
wrong = 0
for name in ("duckdb", "polars"):
    dataset = f"{name}-csv"
    if not Path(folder, dataset, "costs.parquet").exists():
        continue
    apart, most, cells = db.execute(
        f"""
with ours as (
  select parse_filename(filename, true) as resource, activity, sum(own + absorbed)::double as cost, count(*) as cells
  from read_parquet('{run}/event_costs/*.parquet', filename = true) group by all
), theirs as (
  select resource, activity, sum(cost) as cost, count(*) as cells
  from read_parquet('{folder}/{dataset}/costs.parquet') group by all
)
select count(*) filter (where ours.cost is null or theirs.cost is null or abs(ours.cost - theirs.cost) > 0.01),
  max(abs(ours.cost - theirs.cost)), sum(theirs.cells) - sum(ours.cells)
from ours full join theirs using (resource, activity)
"""
    ).fetchone()
    theirs = ready(dataset)
    print(
        f"{name}: {theirs[0]} rows and {theirs[1]} events; {apart} pools more than a penny apart, the most £{most:.6f};"
        f" {cells} cells more or fewer, by events at the same distance"
    )
    wrong += apart + (theirs != ours)
sys.exit(1 if wrong else 0)
