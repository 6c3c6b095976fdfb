-- stage.sql - makes the staging tables for a dataset or endpoint of a run, and its row in
-- fec.run_dataset. Takes run_id and dataset. Returns one row: the staging table's name; t if the
-- table has no partition of the cycle yet; and about how many rows the partition has.

WITH given AS (
    SELECT run.run_id, run.cycle, dataset.*,
           dataset.kind = 'bulk' AND fec.partition_of(table_name, run.cycle) IS NULL AS first_load
      FROM fec.run, fec.dataset
     WHERE run.run_id = :run_id AND dataset = :'dataset'
)
INSERT INTO fec.run_dataset (run_id, dataset, status, first_load, staging, bytes, rows_read,
                             rejected, undated, repeated, conflicting, unchanged, inserted, changed,
                             confirmed, withdrawn)
SELECT run_id, dataset, 'staging', first_load,
       fec.make_staging(table_name, cycle, run_id, first_load),
       zero, zero, zero, zero, zero, zero, zero, zero, zero, zero, zero
  FROM given, LATERAL (SELECT CASE WHEN kind = 'api' THEN 0 END AS zero) AS z;

SELECT d.staging, d.first_load,
       coalesce((SELECT reltuples::bigint FROM pg_class
                  WHERE oid = fec.partition_of(table_name, cycle) AND reltuples > 0), 0)
  FROM fec.run_dataset AS d JOIN fec.run USING (run_id) JOIN fec.dataset USING (dataset)
 WHERE run_id = :run_id AND dataset = :'dataset';
