-- active.sql - the runs that are going on: one row with words for each lock of a cycle that is
-- held. Takes no variables. It does without fecpipe's functions (0x66656370 is "fecp"; object 0 is
-- the schema's), because the database may have another version of them.

SELECT DISTINCT format('%s, since %s', a.application_name, date_trunc('second', a.backend_start))
  FROM pg_locks AS l
  JOIN pg_stat_activity AS a USING (pid)
  JOIN pg_database AS d ON d.oid = l.database
 WHERE l.locktype = 'advisory' AND l.classid = 1717920624 AND l.objid <> 0 AND l.objsubid = 2
   AND l.granted AND d.datname = current_database()
 ORDER BY 1;
