"""Reads, types and sorts a trust's CSV files in Polars, streaming. Prints one line of JSON."""
import json
import os
import sys
import time
from pathlib import Path

folder, threads = sys.argv[1], sys.argv[2]
os.environ["POLARS_MAX_THREADS"] = threads

import polars as pl  # noqa: E402 - it reads the number of threads when it is loaded

csv, ready = Path(folder, "csv"), Path(folder, "polars-csv")
(ready / "feeds").mkdir(parents=True, exist_ok=True)
began = time.perf_counter()


def read(name, texts, numbers=None):
    """A file whose columns have these types, and no others."""
    schema = {it: pl.String for it in texts} | (numbers or {})
    return pl.scan_csv(csv / f"{name}.csv", schema=schema)


def seconds(column):
    return pl.col(column).str.to_datetime("%Y-%m-%d %H:%M:%SZ", time_unit="ms").dt.epoch("s")


def write(frame, name):
    frame.sink_parquet(ready / name, compression="zstd", engine="streaming")


of_events = ["PATIENT", "EVENT", "START", "END", "SPECIALTY", "POD"]
events = pl.concat([read(it, of_events).with_columns(event_type=pl.lit(it)) for it in ("APC", "ED", "OP")])
events = events.select(
    patient="PATIENT", event="EVENT", event_type="event_type", start_s=seconds("START"), end_s=seconds("END"),
    specialty="SPECIALTY", pod="POD",
)
write(events.sort("patient", "event"), "events.parquet")
ledger = read("LEDGER", ["COST CENTRE", "ACCOUNT", "YEAR"], {"PERIOD": pl.Int64, "AMOUNT": pl.Float64})
ledger = ledger.select(cost_centre="COST CENTRE", account="ACCOUNT", year="YEAR", period="PERIOD", amount="AMOUNT")
write(ledger, "ledger.parquet")
for feed in ("CONT", "IMAG", "MEDS", "PATH"):
    rows = read(feed, ["PATIENT", "ROW", "START", "CODE"], {"QUANTITY": pl.Float64}).select(
        patient="PATIENT", row="ROW", start_s=seconds("START"), code="CODE",
        quantity_e4=(pl.col("QUANTITY") * 10000).round().cast(pl.Int64),
    )
    write(rows.sort("patient", nulls_last=True), f"feeds/{feed}.parquet")
took = time.perf_counter() - began
print(json.dumps({"engine": f"Polars {pl.__version__}", "seconds": {"intake": took}}))
