-- pooler.sql - whether this connection has the backend of another one that is open: then a pooler
-- is in between that gives a backend to whoever has a transaction, and takes it away afterwards.
-- Takes backend, the process of the other connection's backend. Returns t or f.

SELECT pg_backend_pid() = :backend;
