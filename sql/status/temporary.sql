-- temporary.sql - lets a script that shows something make temporary views and tables, also in a
-- database that is read-only by default. A standby can make none, so it is refused. Takes no
-- variables, returns no rows.

SELECT fec.refuse_if(pg_is_in_recovery(), 'this server is a standby, and this needs temporary '
                     'tables, which a standby cannot make: name the primary server', 'ZF069')
\g (format=unaligned tuples_only=on) /dev/null
SET default_transaction_read_only = off;
