-- status.sql - the last runs, the tables, and what waits to be done, for people. Takes
--   runs                        the number of runs to show
--   followed                    the cycles that are still read
--   next_daily, next_monthly    seconds since the epoch of the next scheduled runs, or nothing
--   next_daily_text, next_monthly_text   the same in words
--   quota_limit, quota_used, quota_left, quota_wait   what fec-fetch knows of the API's limit, or
--                               nothing

\pset format aligned
\pset tuples_only off
\pset pager off
\pset border 0
\pset footer off
\pset null -
\ir temporary.sql
\ir runs.sql
\ir freshness.sql
\ir tables.sql
\echo 'Last runs'
SELECT r.run_id AS run, r.kind, r.cycle, r.status,
       to_char(r.started_at, 'YYYY-MM-DD HH24:MI:SS') AS started,
       date_trunc('second', r.finished_at - r.started_at) AS took,
       to_char(sum(d.inserted), 'FM999,999,999,990') AS new,
       to_char(sum(d.changed), 'FM999,999,999,990') AS changed,
       to_char(sum(d.withdrawn), 'FM999,999,999,990') AS withdrawn,
       to_char(sum(d.unchanged), 'FM999,999,999,990') AS unchanged,
       to_char(sum(d.rejected), 'FM999,999,999,990') AS rejected,
       r.states_updated AS states
  FROM fecpipe_runs AS r LEFT JOIN fec.run_dataset AS d USING (run_id)
 GROUP BY r.run_id, r.kind, r.cycle, r.status, r.started_at, r.finished_at, r.states_updated
 ORDER BY r.run_id DESC
 LIMIT :runs;

SELECT count(*) > 0 AS any_failed
  FROM (SELECT status FROM fecpipe_runs ORDER BY run_id DESC LIMIT :runs) AS r
 WHERE status IN ('failed', 'dead')
\gset
\if :any_failed
SELECT 'run ' || run_id || ' failed: ' || reason AS "Why runs failed"
  FROM (SELECT run_id, status, reason FROM fecpipe_runs ORDER BY run_id DESC LIMIT :runs) AS r
 WHERE status IN ('failed', 'dead')
 ORDER BY run_id DESC;

\endif
-- Rows that daily runs left out of the table, and how the two sources were brought together.
SELECT count(*) > 0 AS any_apart
  FROM (SELECT run_id FROM fec.run ORDER BY run_id DESC LIMIT :runs) AS r
  JOIN fec.run_dataset AS d USING (run_id)
 WHERE coalesce(d.uncoded, 0) + coalesce(d.other_codes, 0) + coalesce(d.completed, 0)
       + coalesce(d.unconfirmed, 0) + coalesce(d.kept_unread, 0) > 0
\gset
\if :any_apart
\echo 'Counted apart'
SELECT r.run_id AS run, r.kind, r.cycle,
       to_char(sum(d.uncoded), 'FM999,999,999,990') AS "no code yet",
       to_char(sum(d.other_codes), 'FM999,999,999,990') AS "other files",
       to_char(sum(d.completed), 'FM999,999,999,990') AS completed,
       to_char(sum(d.unconfirmed), 'FM999,999,999,990') AS unconfirmed,
       to_char(sum(d.kept_unread), 'FM999,999,999,990') AS "kept unread"
  FROM (SELECT run_id, kind, cycle FROM fec.run ORDER BY run_id DESC LIMIT :runs) AS r
  JOIN fec.run_dataset AS d USING (run_id)
 GROUP BY r.run_id, r.kind, r.cycle
HAVING sum(coalesce(d.uncoded, 0) + coalesce(d.other_codes, 0) + coalesce(d.completed, 0)
           + coalesce(d.unconfirmed, 0) + coalesce(d.kept_unread, 0)) > 0
 ORDER BY r.run_id DESC;

\endif
\echo 'Tables'
SELECT table_name AS "table", cycle, to_char(rows, 'FM999,999,999,990') AS rows,
       pg_size_pretty(bytes) AS size, to_char(last_modified, 'YYYY-MM-DD HH24:MI') AS "file of",
       to_char(applied_at, 'YYYY-MM-DD HH24:MI') AS "reconciled",
       date_trunc('hour', now() - last_modified) AS age
  FROM fecpipe_tables
 ORDER BY table_name, cycle;

SELECT count(*) > 0 AS any_ran FROM fecpipe_freshness
\gset
\if :any_ran
\echo 'Freshness'
SELECT kind, cycle, state, to_char(last_success, 'YYYY-MM-DD HH24:MI') AS "last good run",
       date_trunc('minute', now() - last_success) AS ago, status AS "last run"
  FROM fecpipe_freshness
 ORDER BY cycle DESC, kind DESC;

\endif
SELECT count(*) AS incomplete, count(*) > 0 AS any_incomplete,
       to_char(min(updated_at), 'YYYY-MM-DD HH24:MI') AS oldest
  FROM fec.extraction_state
 WHERE NOT complete
\gset
\if :any_incomplete
\echo 'Committees not read to the end:' :incomplete', the oldest since' :oldest
SELECT committee_id AS committee, cycle, last_contribution_date AS "read until",
       contribution_count AS rows, to_char(updated_at, 'YYYY-MM-DD HH24:MI') AS since, run_id AS run
  FROM fec.extraction_state
 WHERE NOT complete
 ORDER BY updated_at, cycle, committee_id
 LIMIT 5;

\endif
SELECT count(*) > 0 AS any_unfinished FROM fec.sweep WHERE NOT complete AND finished_at IS NULL
\gset
\if :any_unfinished
\echo 'Sweeps of the API that will be resumed'
SELECT sweep_id AS sweep, cycle, dataset, strategy AS by, since AS "reading since",
       to_char(started_at, 'YYYY-MM-DD HH24:MI') AS began, calls, rows_read AS rows,
       expected_calls AS "calls to come"
  FROM fec.sweep
 WHERE NOT complete AND finished_at IS NULL
 ORDER BY sweep_id;

\endif
SELECT :'next_daily' <> '' AS daily_planned, :'next_monthly' <> '' AS monthly_planned,
       :'quota_left' <> '' AS quota_known
\gset
\if :daily_planned
\echo 'Next daily run:  ' :next_daily_text
\endif
\if :monthly_planned
\echo 'Next monthly run:' :next_monthly_text
\endif
\if :quota_known
\echo 'Calls of the API:' :quota_left 'of' :quota_limit 'left in this hour'
\endif
