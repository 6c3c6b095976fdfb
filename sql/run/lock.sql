-- lock.sql - takes the lock of a cycle for this connection, without waiting. Takes cycle. Returns
-- no row if it has the lock, otherwise one row that says who holds it.

SELECT pg_try_advisory_lock(fec.lock_class(), :cycle) AS locked
\gset
\if :locked
\else
SELECT format('another run holds the lock of cycle %s: %s', :cycle,
              coalesce((SELECT format('%s, since %s', a.application_name,
                                      date_trunc('second', a.backend_start))
                          FROM pg_locks AS l
                          JOIN pg_stat_activity AS a USING (pid)
                          JOIN pg_database AS d ON d.oid = l.database
                         WHERE l.locktype = 'advisory' AND l.classid = fec.lock_class()::oid
                           AND l.objid = :cycle AND l.objsubid = 2 AND l.granted
                           AND d.datname = current_database()
                         LIMIT 1),
                       'it has just ended'));
\endif
