-- session.sql - prepares the connection that a run holds from its beginning to its end. Refuses a
-- database that can only be read. Takes no variables. Returns the process of its backend.

\ir writable.sql
SELECT pg_backend_pid();
