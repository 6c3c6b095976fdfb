-- blockers.sql - what a connection waits for, and who has it: a row with words for each. Takes
-- backend, the process of the connection at the server. If that is 0, the connection has given up
-- and waits no more: then the other transactions with locks on tables of fecpipe's, those with the
-- strongest lock.

WITH waiting AS (
    -- Who waits for a row waits for a transaction, and has a lock on the row meanwhile.
    SELECT w.pid, coalesce(w.relation, (SELECT min(t.relation::oid) FROM pg_locks AS t
                                         WHERE t.pid = w.pid AND t.locktype = 'tuple')) AS relation
      FROM pg_locks AS w
     WHERE w.pid = :backend AND NOT w.granted
), blocking AS (
    SELECT waiting.relation, blocker.pid
      FROM waiting CROSS JOIN LATERAL unnest(pg_blocking_pids(waiting.pid)) AS blocker (pid)
), strongest AS (
    SELECT l.relation, l.pid,
           dense_rank() OVER (ORDER BY array_position(ARRAY[
               'AccessExclusiveLock', 'ExclusiveLock', 'ShareRowExclusiveLock', 'ShareLock',
               'ShareUpdateExclusiveLock', 'RowExclusiveLock', 'RowShareLock',
               'AccessShareLock'], l.mode)) AS place
      FROM pg_locks AS l
      JOIN pg_database AS d ON d.oid = l.database AND d.datname = current_database()
      JOIN pg_class AS c ON c.oid = l.relation
     WHERE :backend = 0 AND l.locktype = 'relation' AND l.granted AND l.pid <> pg_backend_pid()
       AND c.relkind IN ('r', 'p')
       AND c.relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('fec', 'fec_staging'))
), found AS (
    SELECT relation, pid FROM blocking
     UNION
    SELECT relation, pid FROM strongest WHERE place = 1
)
SELECT format('%s locked by process %s (%s, user %s)%s',
              coalesce(min(n.nspname || '.' || c.relname)
                       || CASE WHEN count(*) > 1 THEN format(' and %s more tables are',
                                                             count(*) - 1) ELSE ' is' END,
                       'something is'),
              found.pid, coalesce(nullif(a.application_name, ''), 'without a name'), a.usename,
              ' since ' || date_trunc('second', a.xact_start))
  FROM found
  LEFT JOIN pg_class AS c ON c.oid = found.relation
  LEFT JOIN pg_namespace AS n ON n.oid = c.relnamespace
  JOIN pg_stat_activity AS a ON a.pid = found.pid
 GROUP BY found.pid, a.application_name, a.usename, a.xact_start
 ORDER BY a.xact_start, found.pid
 LIMIT 3;
