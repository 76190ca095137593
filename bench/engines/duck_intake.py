"""Reads, types and sorts a trust's CSV files in DuckDB SQL. Prints one line of JSON."""
import json
import sys
import time
from pathlib import Path

import duckdb

folder, threads = sys.argv[1], int(sys.argv[2])
sql = Path(__file__).with_name("duck_intake.sql").read_text().replace("{folder}", folder)
once, of_each_feed = sql.split("-- for each feed\n")
Path(folder, "duckdb-csv/feeds").mkdir(parents=True, exist_ok=True)
statements = once.split(";") + [of_each_feed.replace("{feed}", feed) for feed in ("CONT", "IMAG", "MEDS", "PATH")]
connection = duckdb.connect(config={"threads": threads, "preserve_insertion_order": False})
began = time.perf_counter()
for statement in statements:
    if statement.strip():
        connection.execute(statement)
took = time.perf_counter() - began
print(json.dumps({"engine": f"DuckDB {duckdb.__version__}", "seconds": {"intake": took}}))
