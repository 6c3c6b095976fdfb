-- check-age.sql - refuses a file that is older than the last one that was applied, unless the run
-- is forced. A mirror may be stale, or an edge of the server's network; the daily runs would not
-- bring back what such a file takes away.
--
-- Takes run_id, dataset and last_modified (may be empty). A file with a date to come can't be
-- compared: somebody's clock was wrong.

SELECT fec.refuse_if(
           nullif(:'last_modified', '')::timestamptz < earlier.last_modified
           AND NOT coalesce((run.settings ->> 'force')::boolean, false),
           format('%s %s: the file of %s is older than the one of %s that was applied; '
                  '--force applies it', :'dataset', run.cycle,
                  nullif(:'last_modified', '')::timestamptz, earlier.last_modified))
  FROM fec.run
 CROSS JOIN LATERAL (
       SELECT r.run_id, d.last_modified
         FROM fec.run AS r JOIN fec.run_dataset AS d USING (run_id) JOIN fec.dataset USING (dataset)
        WHERE r.cycle = run.cycle AND r.kind = 'monthly' AND r.status = 'complete'
          AND d.dataset = :'dataset' AND d.status = 'applied'
          AND fec.has_rows(table_name, run.cycle)
        ORDER BY r.run_id DESC LIMIT 1) AS earlier
 WHERE run.run_id = :run_id AND earlier.last_modified <= now()
\g (format=unaligned tuples_only=on) /dev/null
