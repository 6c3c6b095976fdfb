-- runs.sql - makes the temporary view fecpipe_runs: fec.run, but a run is `running` only while
-- somebody holds the lock of its cycle. One whose driver was killed, or whose machine stopped, is
-- `dead` until the next run of the cycle finds it.

CREATE TEMPORARY VIEW fecpipe_runs AS
SELECT run_id, kind, cycle, shown AS status, started_at, finished_at,
       CASE shown WHEN 'dead' THEN 'it was killed, or its machine stopped' ELSE reason
            END AS reason,
       states_updated, options, host, process_id, version, settings
  FROM fec.run AS r
 CROSS JOIN LATERAL (
        SELECT CASE WHEN r.status = 'running'
                     AND (r.run_id < (SELECT max(run_id) FROM fec.run WHERE cycle = r.cycle)
                          OR NOT EXISTS (
                              SELECT FROM pg_locks AS l
                                JOIN pg_database AS d ON d.oid = l.database
                               WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2
                                 AND l.classid = fec.lock_class()::oid AND l.objid = r.cycle::oid
                                 AND d.datname = current_database()))
                    THEN 'dead' ELSE r.status END AS shown) AS s;
