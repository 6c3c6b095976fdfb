-- completions.sql - whether TABLE_completion is what the runs have put there. Part of counts.sql,
-- with its variables.

WITH found AS (
    SELECT run_id, count(*) FROM fec.:"completion" WHERE cycle = :cycle GROUP BY run_id
)
SELECT 'found', '',
       format('fec.%s: run %s has completed %s rows by its counts, there are %s versions of such',
              :'completion', run_id, coalesce(completed, 0), coalesce(found.count, 0)),
       'somebody has deleted, added or changed versions, or the counts; only a backup has them as '
       'they were'
  FROM fecpipe_ledger FULL JOIN found USING (run_id)
 WHERE coalesce(completed, 0) <> coalesce(found.count, 0) AND run_id > :last_old
 ORDER BY run_id
 LIMIT :most;

WITH versions AS (
    SELECT :"key" AS key, written_by_run_id, since_run_id, c.run_id, completed_at,
           greatest(written_by_run_id, max(c.run_id) OVER earlier) AS right_since,
           started_at, finished_at
      FROM fec.:"completion" AS c LEFT JOIN fec.run ON run.run_id = c.run_id
     WHERE c.cycle = :cycle
    WINDOW earlier AS (PARTITION BY :"key" ORDER BY c.run_id, since_run_id
                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)
SELECT 'found', key::text,
       format('fec.%s: a version of %s %s, completed by run %s, %s', :'completion', :'key', key,
              run_id,
              CASE WHEN since_run_id <> right_since
                   THEN format('was there since run %s, not %s', right_since, since_run_id)
                   ELSE format('says that this was at %s, when the run was not going on',
                               to_char(completed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI UTC'))
                   END),
       'only a backup has it as it was'
  FROM versions
 WHERE since_run_id <> right_since
    OR completed_at < started_at - interval '1 hour'
    OR completed_at > finished_at + interval '1 hour'
 ORDER BY key, run_id
 LIMIT :most;
