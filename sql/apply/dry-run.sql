-- dry-run.sql - ends a dry run: commits what count.sql has counted. Takes run_id, returns no rows.

UPDATE fec.run SET status = 'dry-run', finished_at = clock_timestamp() WHERE run_id = :run_id;
UPDATE fec.run SET seal = fec.seal_of_run(run_id) WHERE run_id = :run_id;
COMMIT;
