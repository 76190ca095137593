"""Whether the engines agree: matches row by row, and the cost of each event within a penny."""
import sys
from pathlib import Path

import duckdb

folder = sys.argv[1]
runs = [it for it in Path(folder, "runs").iterdir() if (it / "event_costs").is_dir()]
db = duckdb.connect()
# Events by number, as the first statement of the SQL that is measured has them.
numbered = Path(__file__).with_name("duck.sql").read_text().split(";")[0]
db.execute(numbered.replace("{folder}", folder))
matches = db.execute(
    f"""
with theirs as (
  select feed."row", min((e.rule::bigint << 58)
      | (greatest(e.start_s - feed.start_s, feed.start_s - e.end_s, 0) << 34)
      | e.event_number) & ((1::bigint << 34) - 1) as event_number
  from read_parquet('{folder}/dataset/feeds/*.parquet') feed
  left join numbered e on feed.patient = e.patient and feed.start_s between e.earliest and e.latest
  group by feed."row"
), ours as (
  select told."row", n.event_number from read_parquet('{folder}/told/*.parquet') told
  left join numbered n on told.event = n.event
)
select count(*), count(ours.event_number),
  count(*) filter (where ours.event_number is distinct from theirs.event_number)
from ours full join theirs using ("row")
"""
).fetchone()
print(f"{matches[0]} rows, {matches[1]} with an event, {matches[2]} matched otherwise by SQL")
wrong = matches[2]
for name in ("duckdb", "polars"):
    if not Path(folder, f"{name}.parquet").exists():
        continue
    cells, apart, most = db.execute(
        f"""
with ours as (
  select event_number, sum(own + absorbed)::double as cost, count(*) as cells
  from read_parquet('{runs[0]}/event_costs/*.parquet') group by 1
), theirs as (
  select event_number, sum(cost) as cost, count(*) as cells from read_parquet('{folder}/{name}.parquet') group by 1
)
select sum(ours.cells) - sum(theirs.cells),
  count(*) filter (where ours.cost is null or theirs.cost is null or abs(ours.cost - theirs.cost) > 0.01),
  max(abs(ours.cost - theirs.cost))
from ours full join theirs using (event_number)
"""
    ).fetchone()
    print(f"{name}: {cells} cells more or fewer, {apart} events more than a penny apart, the most £{most:.6f}")
    wrong += abs(cells) + apart
sys.exit(1 if wrong else 0)
