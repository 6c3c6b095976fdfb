-- open.sql - takes up the sweep over an endpoint that an earlier run has left unfinished, or makes
-- a new one with its plan. Takes
--   run_id, dataset   dataset is the endpoint
--   strategy          load-date or committee
--   scope             all; full; or the committees that were named, see fec.sweep
--   lookback_days     how many days before the last sweep are read again
--   full              true: everything is read, whatever was read before
--   committees        ids with blanks between; empty for all
-- Returns one row: the sweep's number; resumed or new; old if it was begun so long ago that another
-- sweep has to follow, else young; and the day from which it reads, empty if it reads everything.

SELECT cycle FROM fec.run WHERE run_id = :run_id
\gset

-- Sweeps that are overtaken end: a bulk file has brought what they were to read, or a later sweep
-- if they were to read only what was new.
UPDATE fec.sweep SET finished_at = now()
 WHERE cycle = :cycle AND dataset = :'dataset' AND finished_at IS NULL
   AND least(started_at, now()) <= fec.covered_until(:cycle, :'dataset',
                                       strategy = 'load-date' AND scope = 'all');
DELETE FROM fec.sweep_committee USING fec.sweep
 WHERE sweep.sweep_id = sweep_committee.sweep_id AND finished_at IS NOT NULL;

SELECT coalesce(max(sweep_id), 0) AS sweep_id, count(*) = 0 AS is_new
  FROM fec.sweep
 WHERE cycle = :cycle AND dataset = :'dataset' AND strategy = :'strategy' AND scope = :'scope'
   AND finished_at IS NULL
\gset
\if :is_new
    -- The API's dates are those of Washington.
    INSERT INTO fec.sweep (cycle, dataset, strategy, scope, since, run_id)
    VALUES (:cycle, :'dataset', :'strategy', :'scope',
            CASE WHEN :'strategy' = 'load-date' AND :'scope' = 'all'
                 THEN (fec.covered_until(:cycle, :'dataset') AT TIME ZONE 'America/New_York')::date
                      - :lookback_days END,
            :run_id)
    RETURNING sweep_id
    \gset
    SELECT :'strategy' = 'committee' AS has_plan
    \gset
    \if :has_plan
        \ir plan.sql
    \endif
\endif

-- What a sweep of yesterday has finished today says nothing of what came since it was begun.
SELECT sweep_id, CASE WHEN :'is_new' THEN 'new' ELSE 'resumed' END,
       CASE WHEN started_at < now() - interval '12 hours' THEN 'old' ELSE 'young' END, since
  FROM fec.sweep
 WHERE sweep_id = :sweep_id;
