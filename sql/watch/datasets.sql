-- datasets.sql - the datasets whose changes by a run are held against the watch list. Takes run_id;
-- returns their names, as of the bulk files. Of a table that a run has loaded first everything is
-- new, so that is left out.

SELECT dataset.bulk_dataset
  FROM fec.run_dataset AS d
  JOIN fec.run USING (run_id)
  JOIN fec.dataset USING (dataset)
 WHERE run_id = :run_id
   AND coalesce(inserted, 0) + coalesce(changed, 0) + coalesce(withdrawn, 0)
       + coalesce(unconfirmed, 0) > 0
   AND NOT (run.kind = 'monthly' AND coalesce(d.known, 0) = 0)
 ORDER BY dataset.position;
