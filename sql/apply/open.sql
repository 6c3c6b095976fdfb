-- open.sql - begins the transaction in which a monthly run applies what it has staged. Takes
-- run_id, returns no rows.
--
-- Only this connection holds the cycle's lock. Within the transaction it is held once more, so that
-- changes and lock stand or fall together.

BEGIN;
SELECT fec.refuse_if(NOT pg_try_advisory_xact_lock(fec.lock_class(), cycle),
                     'the lock of the cycle is lost', 'ZF069')
  FROM fec.run
 WHERE run_id = :run_id
\g /dev/null
