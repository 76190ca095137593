-- Matching and allocation as an analyst would write them, made as fast as we could.
-- One packed number is the best match: rule, then seconds between row and event, then the smallest event.
create or replace temp table numbered as
select row_number() over (order by patient, event) as event_number, patient, event, start_s, end_s,
  case event_type when 'APC' then 1 when 'ED' then 2 else 3 end as rule,
  start_s - case event_type when 'OP' then 43200 else 1800 end as earliest,
  end_s + case event_type when 'OP' then 43200 when 'ED' then 86400 else 1800 end as latest
from read_parquet('{folder}/dataset/events.parquet');

create or replace temp table weights as
with feed as (
  select row_number() over () as number, patient, start_s, code, quantity_e4
  from read_parquet('{folder}/dataset/feeds/*.parquet')
), matched as (
  select feed.number, any_value(feed.code) as code, any_value(feed.quantity_e4) as quantity_e4,
    min((e.rule::bigint << 58)
      | (greatest(e.start_s - feed.start_s, feed.start_s - e.end_s, 0) << 34)
      | e.event_number) as best
  from feed
  left join numbered e on feed.patient = e.patient and feed.start_s between e.earliest and e.latest
  group by feed.number
)
select (best & ((1::bigint << 34) - 1)) as event_number, code,
  sum(case when cast(substr(code, 2) as integer) % 2 = 0 then 1 else quantity_e4 end)::bigint as weight
from matched
group by 1, 2;

copy (
  with pools as (
    select s.activity, s.resource, l.amount * s.share / sum(s.share) over (partition by s.resource) as pool
    from read_csv('{folder}/model/shares.csv', header = true) s
    join (
      select replace(cost_centre, 'CC', 'X-R') as resource, sum(amount)::double as amount
      from read_parquet('{folder}/dataset/ledger.parquet') group by 1
    ) l using (resource)
  ), totals as (
    select 'X-' || code as activity, sum(weight)::double as total from weights group by 1
  )
  select w.event_number, p.resource, p.activity, p.pool * w.weight / t.total as cost
  from weights w
  join totals t on t.activity = 'X-' || w.code
  join pools p on p.activity = t.activity
  where w.event_number is not null
) to '{folder}/duckdb.parquet' (format parquet, compression zstd);
