-- absent.sql - whether a file need not be there. Takes
--   run_id, dataset
--   missing   true if the server has said that there is no such file
-- Returns a row with the reason if the file need not be there, and records that; otherwise no row.
--
-- Some files exist for later cycles only. Those of a new cycle appear in its first weeks.

SELECT run.cycle, coalesce(since_cycle > run.cycle, false) AS is_before,
       :'missing' AND NOT fec.has_rows(table_name, run.cycle)
           AND extract(year FROM now() AT TIME ZONE 'America/New_York') < run.cycle AS is_new,
       since_cycle
  FROM fec.run, fec.dataset
 WHERE run_id = :run_id AND dataset = :'dataset'
\gset
INSERT INTO fec.run_dataset (run_id, dataset, status)
SELECT :run_id, :'dataset', 'absent' WHERE :'is_before' OR :'is_new';
SELECT CASE WHEN :'is_before' THEN format('the FEC has this file only from cycle %s on',
                                          :'since_cycle')
            ELSE 'the FEC does not have the file of this new cycle yet' END
 WHERE :'is_before' OR :'is_new';
