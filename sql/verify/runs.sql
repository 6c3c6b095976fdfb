-- runs.sql - whether the runs of a cycle are noted as they were at their end, and whether each
-- committee has the rows that its extraction state counts. Takes cycle, and most: how many are
-- listed. Returns rows of level, key, message, advice.

SELECT 'found', run_id::text,
       format('run %s: what fec.run and fec.run_dataset say of it was changed after its end',
              run_id),
       'only a backup has it as it was'
  FROM fec.run
 WHERE cycle = :cycle AND status <> 'running'
   AND (seal <> fec.seal_of_run(run_id)
        OR seal IS NULL AND started_at >= (SELECT installed_at FROM fec.schema_version
                                            WHERE version = 4))
 ORDER BY run_id
 LIMIT :most;

-- A sweep over everything that is not finished has not counted all yet.
SELECT NOT EXISTS (SELECT FROM fec.sweep
                    WHERE cycle = :cycle AND dataset = 'schedule_a' AND finished_at IS NULL)
           AS is_counted
\gset
\if :is_counted
    SELECT 'found', committee_id,
           format('fec.contribution %s: %s has %s rows, its extraction state says %s', :cycle,
                  committee_id, coalesce(counted.rows, 0), contribution_count),
           'a row was deleted, added or changed by hand; the next monthly run of the cycle sets it '
           'right'
      FROM (SELECT * FROM fec.extraction_state WHERE cycle = :cycle) AS state
      FULL JOIN (SELECT committee_id, count(*) AS rows FROM fec.contribution
                  WHERE cycle = :cycle AND committee_id IS NOT NULL
                  GROUP BY committee_id) AS counted USING (committee_id)
     WHERE coalesce(state.contribution_count, 0) <> coalesce(counted.rows, 0)
     ORDER BY committee_id
     LIMIT :most;
\endif
