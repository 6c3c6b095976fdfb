-- status.sql - the last runs and the tables, for people. Takes runs, the number of runs to show.

\pset border 0
\pset footer off
\pset null -
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
  FROM fec.run AS r LEFT JOIN fec.run_dataset AS d USING (run_id)
 GROUP BY r.run_id
 ORDER BY r.run_id DESC
 LIMIT :runs;

SELECT count(*) > 0 AS any_failed
  FROM (SELECT status FROM fec.run ORDER BY run_id DESC LIMIT :runs) AS r
 WHERE status = 'failed'
\gset
\if :any_failed
SELECT 'run ' || run_id || ' failed: ' || reason AS "Why runs failed"
  FROM (SELECT run_id, status, reason FROM fec.run ORDER BY run_id DESC LIMIT :runs) AS r
 WHERE status = 'failed'
 ORDER BY run_id DESC;

\endif
\echo 'Tables'
\ir tables.sql
SELECT table_name AS "table", cycle, to_char(rows, 'FM999,999,999,990') AS rows,
       pg_size_pretty(bytes) AS size, to_char(last_modified, 'YYYY-MM-DD HH24:MI') AS "file of",
       to_char(applied_at, 'YYYY-MM-DD HH24:MI') AS "reconciled",
       date_trunc('hour', now() - last_modified) AS age
  FROM fecpipe_tables
 ORDER BY table_name, cycle;
