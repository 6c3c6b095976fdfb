-- cycles.sql - the cycles of which the database has rows or a run has brought some. Takes no
-- variables. Returns a row for each, the first one first.

SELECT cycle FROM fec.run WHERE status = 'complete' OR kind = 'daily'
UNION
SELECT substring(pg_get_expr(c.relpartbound, c.oid) FROM '''([0-9]{4})''')::smallint
  FROM pg_class AS c
 WHERE c.relnamespace = 'fec'::regnamespace AND c.relispartition AND c.relkind = 'r'
 ORDER BY 1;
