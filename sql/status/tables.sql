-- tables.sql - makes the temporary view fecpipe_tables: each table and cycle with its size and age.
-- The number of rows is what the last monthly run left there plus what daily runs have added since,
-- so no table is counted. What a daily run counts is in the table even if the run failed later: the
-- counts are written with each batch. A file dated after now counts as of now.

CREATE TEMPORARY VIEW fecpipe_tables AS
WITH partitions AS (
    SELECT parent.relname AS table_name, child.oid,
           substring(child.relname FROM '[0-9]{4}$')::smallint AS cycle
      FROM pg_inherits
      JOIN pg_class AS parent ON parent.oid = inhparent AND parent.relkind = 'p'
      JOIN pg_class AS child ON child.oid = inhrelid
     WHERE parent.relnamespace = 'fec'::regnamespace
), applied AS (
    SELECT dataset.table_name, r.kind, r.cycle, d.run_id, d.last_modified, r.finished_at,
           d.inserted, d.inserted + d.changed + d.unchanged AS rows
      FROM fec.run_dataset AS d
      JOIN fec.run AS r USING (run_id)
      JOIN fec.dataset USING (dataset)
     WHERE d.status = 'applied' OR r.kind = 'daily'
), by_file AS (
    SELECT DISTINCT ON (table_name, cycle) *
      FROM applied
     WHERE kind = 'monthly'
     ORDER BY table_name, cycle, run_id DESC
), by_api AS (
    SELECT a.table_name, a.cycle, max(a.finished_at) AS finished_at, sum(a.inserted) AS inserted
      FROM applied AS a
      LEFT JOIN by_file AS f ON f.table_name = a.table_name AND f.cycle = a.cycle
     WHERE a.kind = 'daily' AND a.run_id > coalesce(f.run_id, 0)
     GROUP BY a.table_name, a.cycle
)
SELECT p.table_name, p.cycle,
       CASE WHEN f.run_id IS NOT NULL OR d.inserted IS NOT NULL
            THEN coalesce(f.rows, 0) + coalesce(d.inserted, 0) END AS rows,
       pg_total_relation_size(p.oid) AS bytes, least(f.last_modified, now()) AS last_modified,
       greatest(f.finished_at, d.finished_at) AS applied_at
  FROM partitions AS p
  LEFT JOIN by_file AS f ON f.table_name = p.table_name AND f.cycle = p.cycle
  LEFT JOIN by_api AS d ON d.table_name = p.table_name AND d.cycle = p.cycle;
