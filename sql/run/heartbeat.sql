-- heartbeat.sql - lets the connection say something while nothing is asked over it. Takes no
-- variables, returns no rows.

SELECT 1
\g /dev/null
