"""Matching and allocation in Polars, streaming. Prints one line of JSON.

A third argument names another dataset in the folder, beside whose files the costs are written.
"""
import json
import os
import sys
import time

folder, threads = sys.argv[1], sys.argv[2]
os.environ["POLARS_MAX_THREADS"] = threads
dataset = f"{folder}/{sys.argv[3]}" if sys.argv[3:] else f"{folder}/dataset"
costs = f"{dataset}/costs.parquet" if sys.argv[3:] else f"{folder}/polars.parquet"

import polars as pl  # noqa: E402 - it reads the number of threads when it is loaded

began = time.perf_counter()
by_type = lambda apc, ed, op: (  # noqa: E731
    pl.when(pl.col("event_type") == "APC").then(apc).when(pl.col("event_type") == "ED").then(ed).otherwise(op)
)
events = (
    pl.scan_parquet(f"{dataset}/events.parquet")
    .select("patient", "event", "start_s", "end_s", "event_type")
    .sort("patient", "event")
    .with_row_index("event_number", offset=1)
    .select(
        "patient",
        pl.col("event_number").cast(pl.Int64),
        event_start="start_s",
        event_end="end_s",
        rule=by_type(1, 2, 3).cast(pl.Int64),
        earliest=pl.col("start_s") - by_type(1800, 1800, 43200),
        latest=pl.col("end_s") + by_type(1800, 86400, 43200),
    )
    .collect()
    .lazy()
)
feed = pl.scan_parquet(f"{dataset}/feeds/*.parquet").select("patient", "start_s", "code", "quantity_e4").with_row_index("number")
gap = pl.max_horizontal(pl.col("event_start") - pl.col("start_s"), pl.col("start_s") - pl.col("event_end"), pl.lit(0))
best = pl.col("rule") * 2**58 + gap * 2**34 + pl.col("event_number")
weight = pl.when(pl.col("code").str.slice(1).cast(pl.Int32) % 2 == 0).then(1).otherwise(pl.col("quantity_e4"))
found = (
    feed.join(events, on="patient", how="inner")
    .filter(pl.col("start_s").is_between("earliest", "latest"))
    .group_by("number")
    .agg(best=best.min(), code=pl.col("code").first(), weight=weight.first())
)
weights = (
    found.group_by(event_number=pl.col("best") % 2**34, code="code")
    .agg(weight=pl.col("weight").sum())
    .collect(engine="streaming")
    .lazy()
)
# Rows without an event take their part of each pool too.
totals = feed.group_by("code").agg(total=weight.sum()).collect(engine="streaming")
ledger = (
    pl.read_parquet(f"{dataset}/ledger.parquet", columns=["cost_centre", "amount"])
    .group_by(resource=pl.col("cost_centre").str.replace("CC", "X-R"))
    .agg(amount=pl.col("amount").sum().cast(pl.Float64))
)
pools = (
    pl.read_csv(f"{folder}/model/shares.csv", columns=["resource", "activity", "share"])
    .join(ledger, on="resource")
    .with_columns(
        pool=pl.col("amount") * pl.col("share") / pl.col("share").sum().over("resource"),
        code=pl.col("activity").str.slice(2),
    )
    .join(totals, on="code")
    .select("code", "resource", "activity", rate=pl.col("pool") / pl.col("total"))
    .lazy()
)
(
    weights.join(pools, on="code")
    .select("event_number", "resource", "activity", cost=pl.col("rate") * pl.col("weight"))
    .sink_parquet(costs, compression="zstd", engine="streaming")
)
took = time.perf_counter() - began
print(json.dumps({"engine": f"Polars {pl.__version__}", "seconds": {"matching and allocation": took}}))
