-- A trust's CSV files as an analyst would make them ready: every column typed, sorted by patient, as Parquet.
-- The types are told, so that nothing is spent on guessing them. Times become seconds of UTC, quantities whole numbers.
copy (
  select PATIENT as patient, EVENT as event, event_type, epoch("START")::bigint as start_s, epoch("END")::bigint as end_s,
    SPECIALTY as specialty, POD as pod
  from (
    select *, parse_filename(filename, true) as event_type
    from read_csv(['{folder}/csv/APC.csv', '{folder}/csv/ED.csv', '{folder}/csv/OP.csv'], filename = true,
      auto_detect = false, header = true, delim = ',', columns = {
        'PATIENT': 'VARCHAR', 'EVENT': 'VARCHAR', 'START': 'TIMESTAMP', 'END': 'TIMESTAMP',
        'SPECIALTY': 'VARCHAR', 'POD': 'VARCHAR'})
  )
  order by patient, event
) to '{folder}/duckdb-csv/events.parquet' (format parquet, compression zstd);

copy (
  select "COST CENTRE" as cost_centre, ACCOUNT as account, "YEAR" as year, "PERIOD" as period, AMOUNT as amount
  from read_csv('{folder}/csv/LEDGER.csv', auto_detect = false, header = true, delim = ',', columns = {
    'COST CENTRE': 'VARCHAR', 'ACCOUNT': 'VARCHAR', 'YEAR': 'VARCHAR', 'PERIOD': 'BIGINT', 'AMOUNT': 'DECIMAL(18,6)'})
) to '{folder}/duckdb-csv/ledger.parquet' (format parquet, compression zstd);

-- for each feed
copy (
  select PATIENT as patient, "ROW" as row, epoch("START")::bigint as start_s, CODE as code,
    (QUANTITY * 10000)::bigint as quantity_e4
  from read_csv('{folder}/csv/{feed}.csv', auto_detect = false, header = true, delim = ',', columns = {
    'PATIENT': 'VARCHAR', 'ROW': 'VARCHAR', 'START': 'TIMESTAMP', 'CODE': 'VARCHAR', 'QUANTITY': 'DECIMAL(18,4)'})
  order by patient
) to '{folder}/duckdb-csv/feeds/{feed}.parquet' (format parquet, compression zstd);
