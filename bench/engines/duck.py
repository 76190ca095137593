"""Matching and allocation in DuckDB SQL. Prints one line of JSON.

A third argument names another dataset in the folder, beside whose files the costs are written.
"""
import json
import sys
import time
from pathlib import Path

import duckdb

folder, threads = sys.argv[1], int(sys.argv[2])
sql = Path(__file__).with_name("duck.sql").read_text()
for dataset in sys.argv[3:]:
    own = f"{{folder}}/{dataset}"
    sql = sql.replace("{folder}/dataset", own).replace("{folder}/duckdb.parquet", f"{own}/costs.parquet")
sql = sql.replace("{folder}", folder)
connection = duckdb.connect(config={"threads": threads, "preserve_insertion_order": False})
began = time.perf_counter()
for statement in sql.split(";"):
    if statement.strip():
        connection.execute(statement)
took = time.perf_counter() - began
print(json.dumps({"engine": f"DuckDB {duckdb.__version__}", "seconds": {"matching and allocation": took}}))
