-- writable.sql - refuses a database that can only be read. Takes no variables, returns no rows. It
-- needs no functions of ours.
--
-- What the server, the database or the role has as its default decides: a session may have set it
-- otherwise, to make temporary tables.

SELECT pg_is_in_recovery() OR reset_val = 'on' AS refused, 'ZF069' AS refusal_state,
       CASE WHEN pg_is_in_recovery()
            THEN 'this server is a standby, which can only be read: name the primary server'
            ELSE format('the database is read-only (default_transaction_read_only): '
                        'ALTER DATABASE %I SET default_transaction_read_only = off, or the same '
                        'for the role', current_database()) END AS refusal
  FROM pg_settings
 WHERE name = 'default_transaction_read_only'
\gset
\ir ../schema/refuse.sql
