-- finish-daily.sql - marks a daily run as complete. Takes run_id, returns no rows.

BEGIN;
UPDATE fec.run
   SET status = 'complete', finished_at = clock_timestamp(),
       states_updated = (SELECT count(*) FROM fec.extraction_state AS state
                          WHERE state.cycle = run.cycle AND state.run_id = run.run_id)
 WHERE run_id = :run_id;
UPDATE fec.run SET seal = fec.seal_of_run(run_id) WHERE run_id = :run_id;
\ir ../apply/notify.sql
COMMIT;
