-- ledger.sql - what the runs of a cycle have done to a table, by their own counts. Part of
-- counts.sql, with its variables. Makes the temporary table fecpipe_ledger, a row for each run that
-- has applied something: run_id, kind, started_at, finished_at, inserted, changed, completed,
-- withdrawn, unconfirmed, and
--   is_old     it is of before version 4 of the schema, which did not keep all versions
--   is_broken  rows were lost or added before it: it found others than the runs had left. It has
--              set the table right, so what the runs before it wrote cannot be counted any more

CREATE TEMPORARY TABLE fecpipe_ledger ON COMMIT DROP AS
WITH counts AS (
    SELECT run.run_id, run.kind, run.started_at, run.finished_at, d.known,
           coalesce(d.inserted, 0) AS inserted, coalesce(d.changed, 0) AS changed,
           coalesce(d.completed, 0) AS completed, coalesce(d.withdrawn, 0) AS withdrawn,
           coalesce(d.unconfirmed, 0) AS unconfirmed,
           count(*) FILTER (WHERE run.kind = 'monthly') OVER (ORDER BY run.run_id) AS part
      FROM fec.run
      JOIN fec.run_dataset AS d USING (run_id)
      JOIN fec.dataset AS t USING (dataset)
     WHERE run.cycle = :cycle AND t.table_name = :'table'
       AND (run.kind = 'daily' OR run.status = 'complete' AND d.status = 'applied')
), parts AS (
    -- From one monthly run, which counts the rows that it finds, until before the next.
    SELECT part, sum(known) FILTER (WHERE kind = 'monthly') AS known,
           sum(inserted - withdrawn - unconfirmed) AS more
      FROM counts GROUP BY part
)
SELECT counts.*,
       counts.started_at < (SELECT installed_at FROM fec.schema_version WHERE version = 4)
           AS is_old,
       counts.kind = 'monthly'
       AND counts.known IS DISTINCT FROM coalesce(
               CASE WHEN counts.part = 1 THEN 0 ELSE before.known END + before.more, 0)
           AS is_broken
  FROM counts
  LEFT JOIN parts AS before ON before.part = counts.part - 1;

SELECT coalesce(max(run_id) FILTER (WHERE is_old), 0) AS last_old,
       greatest(max(run_id) FILTER (WHERE is_old) + 1, max(run_id) FILTER (WHERE is_broken), 0)
           AS counted_from
  FROM fecpipe_ledger
\gset
