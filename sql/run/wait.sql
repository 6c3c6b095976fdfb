-- wait.sql - takes the lock of a cycle for this connection and waits as long as it must. Takes
-- cycle, returns no rows.

SET lock_timeout = 0;
SELECT pg_advisory_lock(fec.lock_class(), :cycle)
\g /dev/null
RESET lock_timeout;
