-- settings.sql - what each connection of the driver's begins with, whatever the server, the
-- database or the role has as its default. Takes lock_seconds, how long a lock on a table is waited
-- for; 0: for ever. Returns no rows.
--
-- They are set here, not by PGOPTIONS: pgbouncer refuses a connection that comes with options.

-- First and by itself: a standby can do nothing else in a serializable transaction.
SET default_transaction_isolation = 'read committed';
-- A time limit of the role's must not cut a COPY of 70 million rows; a lock that is not released is
-- waited for, but not for ever. Who may create functions in `public` must not be able to put theirs
-- before PostgreSQL's. What forwards connections may forget those that are silent. Not every
-- version knows all of these.
SELECT pg_catalog.set_config(name, value, false)
  FROM (VALUES ('client_min_messages', 'warning'),
               ('statement_timeout', '0'),
               ('transaction_timeout', '0'),
               ('lock_timeout', :'lock_seconds' || 's'),
               ('idle_session_timeout', '0'),
               ('idle_in_transaction_session_timeout', '0'),
               ('search_path', 'pg_catalog, pg_temp'),
               ('tcp_keepalives_idle', '60'),
               ('tcp_keepalives_interval', '10'),
               ('default_transaction_deferrable', 'off'),
               ('standard_conforming_strings', 'on'),
               ('IntervalStyle', 'postgres'),
               ('DateStyle', 'ISO, YMD')) AS wanted (name, value)
  JOIN pg_catalog.pg_settings USING (name)
\g /dev/null
