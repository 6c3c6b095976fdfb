-- runs.sql - locks that are held, and what runs have left in the database: runs that were killed,
-- tables in fec_staging, transactions that somebody has left open. Takes followed (see
-- freshness.sql). Returns rows as server.sql.

\ir ../status/temporary.sql
\ir ../status/runs.sql
\ir ../status/freshness.sql

CREATE TEMPORARY VIEW fecpipe_locks AS
SELECT l.objid AS cycle, a.pid, a.application_name, a.backend_start,
       now() - a.backend_start AS age
  FROM pg_locks AS l
  JOIN pg_stat_activity AS a USING (pid)
  JOIN pg_database AS d ON d.oid = l.database
 WHERE l.locktype = 'advisory' AND l.classid = fec.lock_class()::oid AND l.objsubid = 2
   AND l.granted AND d.datname = current_database();

WITH verdict (place, status, level, message, advice) AS (
    SELECT 1, 0, CASE WHEN age > interval '1 day' THEN 'warning' ELSE 'ok' END,
           format('the lock of cycle %s is held by %s, since %s', cycle, application_name,
                  date_trunc('second', backend_start)),
           CASE WHEN age > interval '1 day'
                THEN format('if that run is dead: SELECT pg_terminate_backend(%s)', pid)
                ELSE '' END
      FROM fecpipe_locks
    UNION ALL
    SELECT 2, 0, 'warning',
           format('run %s (%s %s) was killed, or its machine stopped', run_id, kind, cycle),
           format('pipeline.sh %s --cycle %s; the next run of the cycle cleans up', kind, cycle)
      FROM fecpipe_runs WHERE status = 'dead'
    UNION ALL
    SELECT 3, 0, 'warning',
           format('the last %s run of cycle %s has failed: %s', kind, cycle, reason),
           format('the reason is above; then pipeline.sh %s --cycle %s', kind, cycle)
      FROM fecpipe_freshness WHERE state = 'failed' AND status = 'failed'
    UNION ALL
    SELECT 4, 0, 'warning',
           format('the last good %s run of cycle %s is of %s', kind, cycle,
                  date_trunc('minute', last_success)),
           'see the schedule below, or leave the cycle out of FEC_CYCLES'
      FROM fecpipe_freshness WHERE state = 'stale'
    UNION ALL
    SELECT 5, 0, 'warning',
           format('%s tables (%s) are left in fec_staging', count(*),
                  pg_size_pretty(sum(pg_total_relation_size(c.oid)))),
           'the next run drops them'
      FROM pg_class AS c
     WHERE c.relnamespace = to_regnamespace('fec_staging') AND c.relkind IN ('r', 'p')
       AND NOT EXISTS (SELECT FROM fecpipe_locks)
    HAVING count(*) > 0
    UNION ALL
    SELECT 6, 0, 'warning',
           format('process %s of %s (%s) has had a transaction open since %s', pid, usename,
                  application_name, date_trunc('second', xact_start)),
           format('it keeps VACUUM from its work: end it, or SELECT pg_terminate_backend(%s)', pid)
      FROM pg_stat_activity
     WHERE datname = current_database() AND state LIKE 'idle in transaction%'
       AND xact_start < now() - interval '1 hour'
)
SELECT status, level, message, advice FROM verdict ORDER BY place, message;
