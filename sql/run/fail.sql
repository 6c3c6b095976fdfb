-- fail.sql - records why a run failed and drops what it had staged. A run that is complete stays
-- so. Takes run_id and reason. Returns the run's status.

UPDATE fec.run
   SET status = 'failed', finished_at = clock_timestamp(), reason = :'reason'
 WHERE run_id = :run_id AND status = 'running';
UPDATE fec.run_dataset
   SET status = 'failed'
  FROM fec.run
 WHERE run.run_id = run_dataset.run_id AND run.run_id = :run_id AND run.status = 'failed'
   AND run_dataset.status = 'staging';
UPDATE fec.run SET seal = fec.seal_of_run(run_id) WHERE run_id = :run_id AND status = 'failed';
SELECT status FROM fec.run WHERE run_id = :run_id;
SELECT fec.drop_staging(run_id) FROM fec.run WHERE run_id = :run_id AND status <> 'running'
\g /dev/null
