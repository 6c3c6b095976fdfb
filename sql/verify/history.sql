-- history.sql - whether the history of a table is what the runs have put there, and whether its
-- versions follow each other. Part of counts.sql, with its variables.

WITH counted AS (
    SELECT run_id, change, count FROM fecpipe_ledger
     CROSS JOIN LATERAL (VALUES ('changed', changed), ('withdrawn', withdrawn),
                                ('unconfirmed', unconfirmed)) AS of_run (change, count)
), found AS (
    SELECT run_id, change, count(*) FROM fec.:"history" WHERE cycle = :cycle GROUP BY run_id, change
)
SELECT 'found', '',
       format('fec.%s: run %s has %s %s rows by its counts, there are %s versions of such',
              :'history', run_id,
              CASE change WHEN 'unconfirmed' THEN 'taken out as unconfirmed' ELSE change END,
              coalesce(counted.count, 0), coalesce(found.count, 0)),
       'somebody has deleted, added or changed versions, or the counts; only a backup has them as '
       'they were'
  FROM counted FULL JOIN found USING (run_id, change)
 WHERE coalesce(counted.count, 0) <> coalesce(found.count, 0)
 ORDER BY run_id, change
 LIMIT :most;

WITH versions AS (
    SELECT :"key" AS key, written_by_run_id, run_id, change, replaced_at,
           lead(written_by_run_id) OVER following AS next_writer
      FROM fec.:"history" WHERE cycle = :cycle
    WINDOW following AS (PARTITION BY :"key" ORDER BY run_id, written_by_run_id)
), checked AS (
    SELECT versions.*, live.run_id AS live_writer,
           CASE WHEN written_by_run_id > versions.run_id
                THEN format('was written by run %s, after run %s had replaced it',
                            written_by_run_id, versions.run_id)
                WHEN coalesce(next_writer, live.run_id) < versions.run_id
                THEN format('was replaced by run %s, but the next version is of run %s already',
                            versions.run_id, coalesce(next_writer, live.run_id))
                WHEN change = 'changed' AND next_writer IS NULL AND live.:"key" IS NULL
                THEN format('was changed by run %s, but what it became is not there',
                            versions.run_id)
                -- The clock may have been set while a run was going on.
                WHEN replaced_at < run.started_at - interval '1 hour'
                     OR replaced_at > run.finished_at + interval '1 hour'
                THEN format('was replaced at %s, when run %s was not going on',
                            to_char(replaced_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI UTC'),
                            versions.run_id)
           END AS wrong
      FROM versions
      LEFT JOIN fec.:"table" AS live ON live.:"key" = versions.key AND live.cycle = :cycle
      LEFT JOIN fec.run ON run.run_id = versions.run_id
)
SELECT 'found', key::text, format('fec.%s: a version of %s %s %s', :'history', :'key', key, wrong),
       CASE WHEN wrong LIKE '%is not there'
            THEN 'the next monthly run of the cycle brings it back if the FEC still has it'
            ELSE 'only a backup has it as it was' END
  FROM checked
 WHERE wrong IS NOT NULL
 ORDER BY key, run_id
 LIMIT :most;
