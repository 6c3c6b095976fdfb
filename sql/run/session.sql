-- session.sql - prepares the connection that a run holds from its beginning to its end. Takes no
-- variables. Returns the process of its backend.
--
-- The connection is idle while files are downloaded; some servers end idle connections.

SELECT set_config(name, '0', false)
  FROM pg_settings
 WHERE name IN ('idle_session_timeout', 'idle_in_transaction_session_timeout')
\g /dev/null
SELECT pg_backend_pid();
