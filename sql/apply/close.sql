-- close.sql - brings the extraction states up to date, marks a monthly run as complete and commits
-- what open.sql has begun. Takes run_id, returns no rows.

SELECT run.cycle, d.run_id IS NOT NULL AS has_contributions,
       coalesce(d.inserted + d.changed + d.withdrawn + coalesce(d.unconfirmed, 0)
                + coalesce(d.repaired, 0) > 0, false)
       OR NOT EXISTS (SELECT FROM fec.extraction_state AS state WHERE state.cycle = run.cycle)
       OR EXISTS (SELECT FROM fec.extraction_state AS state
                   WHERE state.cycle = run.cycle AND source = 'api') AS recount,
       coalesce(d.last_modified::text, '') AS file_time
  FROM fec.run
  LEFT JOIN fec.run_dataset AS d ON d.run_id = run.run_id AND d.dataset = 'indiv'
        AND d.status = 'applied'
 WHERE run.run_id = :run_id
\gset
\set states_updated 0
\if :has_contributions
    \ir ../states/cycle.sql
\endif
UPDATE fec.run
   SET status = 'complete', finished_at = clock_timestamp(), states_updated = :states_updated
 WHERE run_id = :run_id;
UPDATE fec.run SET seal = fec.seal_of_run(run_id) WHERE run_id = :run_id;
\ir notify.sql
COMMIT;
