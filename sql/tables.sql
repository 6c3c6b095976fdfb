-- tables.sql - makes the temporary view fecpipe_tables: each table and cycle with its size and age.
-- The number of rows is what the last run that applied the file has left there, so no table is
-- counted.

CREATE TEMPORARY VIEW fecpipe_tables AS
WITH partitions AS (
    SELECT parent.relname AS table_name, child.oid,
           substring(child.relname FROM '[0-9]{4}$')::smallint AS cycle
      FROM pg_inherits
      JOIN pg_class AS parent ON parent.oid = inhparent AND parent.relkind = 'p'
      JOIN pg_class AS child ON child.oid = inhrelid
     WHERE parent.relnamespace = 'fec'::regnamespace
), datasets (dataset, table_name) AS (
    VALUES ('cm', 'committee'), ('cn', 'candidate'), ('ccl', 'candidate_committee_link'),
           ('indiv', 'contribution'), ('pas2', 'committee_contribution'),
           ('oth', 'committee_transaction'), ('oppexp', 'operating_expenditure'),
           ('weball', 'candidate_summary'), ('webl', 'congressional_summary'),
           ('webk', 'committee_summary'), ('independent_expenditure', 'independent_expenditure')
), last_applied AS (
    SELECT DISTINCT ON (dataset, cycle) dataset, cycle, last_modified, finished_at AS applied_at,
           inserted + changed + unchanged AS rows
      FROM fec.run_dataset AS d JOIN fec.run AS r USING (run_id)
     WHERE d.status = 'applied'
     ORDER BY dataset, cycle, run_id DESC
)
SELECT p.table_name, p.cycle, a.rows, pg_total_relation_size(p.oid) AS bytes, a.last_modified,
       a.applied_at
  FROM partitions AS p
  LEFT JOIN datasets USING (table_name)
  LEFT JOIN last_applied AS a USING (dataset, cycle);
