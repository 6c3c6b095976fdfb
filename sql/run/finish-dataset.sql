-- finish-dataset.sql - records how the sweeps over an endpoint ended. Takes run_id, dataset, status
-- (applied or failed), seconds, and fetched, fec-fetch's statistics. Returns no rows.

UPDATE fec.run_dataset
   SET status = :'status', seconds = :'seconds',
       url = coalesce(nullif(fec.stats(:'fetched') ->> 'url', ''), url)
 WHERE run_id = :run_id AND dataset = :'dataset';
