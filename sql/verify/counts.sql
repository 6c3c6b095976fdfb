-- counts.sql - whether a table, its history and the counts of the runs agree. Takes
--   table, key, cycle
--   completes   true if rows are kept as they were before they were completed
--   most        how many rows are listed
-- Returns rows of level, key, message, advice.
--
-- What the runs count is, for each table: rows inserted, changed, completed (one source filled in
-- what the other lacks), withdrawn and unconfirmed. Of each row changed, withdrawn or unconfirmed
-- the history has the version before, of each completed one TABLE_completion. So for each run
--
--   versions in the history that it has replaced       = what it has changed, withdrawn ...
--   versions anywhere that it has written (run_id or
--   written_by_run_id; one more for each that a        = inserted + changed, and completed by a
--   monthly run has completed: that keeps its run_id)    daily run
--
-- and for the whole table: rows = inserted - withdrawn - unconfirmed, of all runs.

SELECT :'table' || '_history' AS history, :'table' || '_completion' AS completion
\gset

BEGIN;
\ir ledger.sql
CREATE TEMPORARY TABLE fecpipe_written ON COMMIT DROP AS
SELECT run_id, count(*) AS rows FROM fec.:"table" WHERE cycle = :cycle GROUP BY run_id;

SELECT coalesce(sum(rows), 0) AS rows,
       coalesce(fec.rows_left(:'table', :cycle), sum(rows), 0) AS rows_left
  FROM fecpipe_written
\gset
SELECT 'found', '',
       format('fec.%s %s: it has %s rows, the runs have left %s in it: rows were %s',
              :'table', :cycle, :rows, :rows_left,
              CASE WHEN :rows < :rows_left THEN 'deleted or lost' ELSE 'added by hand' END),
       'the next monthly run of the cycle sets it right'
 WHERE :rows <> :rows_left;

INSERT INTO fecpipe_written
SELECT written_by_run_id, count(*) FROM fec.:"history" WHERE cycle = :cycle GROUP BY 1;
\if :completes
    INSERT INTO fecpipe_written
    SELECT written_by_run_id, count(*) FROM fec.:"completion" WHERE cycle = :cycle GROUP BY 1;
    INSERT INTO fecpipe_written
    SELECT written_by_run_id, -count(*)
      FROM fec.:"completion" AS c JOIN fec.run ON run.run_id = c.run_id AND run.kind = 'monthly'
     WHERE c.cycle = :cycle
     GROUP BY 1;
\endif

SELECT 'found', '',
       format('fec.%s %s: %s rows or versions of rows say that run %s wrote them, but %s',
              :'table', :cycle, rows, run_id,
              CASE WHEN run.run_id IS NULL THEN 'there is no such run'
                   WHEN run.cycle <> :cycle THEN format('that run was of cycle %s', run.cycle)
                   ELSE 'that run has applied nothing there' END),
       'only a backup has the right number of the run'
  FROM (SELECT run_id, sum(rows) AS rows FROM fecpipe_written GROUP BY run_id) AS written
  LEFT JOIN fec.run USING (run_id)
 WHERE run_id NOT IN (SELECT run_id FROM fecpipe_ledger)
 ORDER BY run_id
 LIMIT :most;

SELECT 'found', '',
       format('fec.%s %s: run %s has written %s versions of rows by its counts, %s are there',
              :'table', :cycle, run_id, expected, rows),
       CASE WHEN :rows = :rows_left
            THEN 'somebody has changed a run_id, a written_by_run_id, the history or the counts; '
                 'only a backup has them as they were'
            ELSE 'see the number of rows' END
  FROM (SELECT run_id,
               inserted + changed + CASE kind WHEN 'daily' THEN completed ELSE 0 END AS expected,
               (SELECT coalesce(sum(rows), 0) FROM fecpipe_written AS written
                 WHERE written.run_id = ledger.run_id) AS rows
          FROM fecpipe_ledger AS ledger
         WHERE run_id >= :counted_from) AS balance
 WHERE expected <> rows
 ORDER BY run_id
 LIMIT :most;
SELECT 'note', '',
       format('fec.%s %s: before run %s rows were lost or added, and that run has set the table '
              'right', :'table', :cycle, run_id), ''
  FROM fecpipe_ledger
 WHERE is_broken AND NOT is_old
 ORDER BY run_id
 LIMIT :most;

\ir history.sql
\if :completes
    \ir completions.sql
\endif
COMMIT;
