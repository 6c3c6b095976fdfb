-- rows.sql - brings a batch of the API's rows into the table. Part of batch.sql.
--
-- Takes run_id and dataset, the endpoint; for schedule_a also covers_all, true if the sweep reads
-- all of the cycle. Adds what it counts to fec.run_dataset, since rows come in batches.

\ir find.sql
SELECT :'dataset' = 'schedule_a' AS is_schedule_a
\gset
\ir overtaken.sql
\set ds_uncoded 0
\set ds_other_codes 0
\if :is_schedule_a
    \ir belongs.sql
\endif
SELECT fec.make_partition(:'table', :cycle)
 WHERE EXISTS (SELECT FROM fec_staging.:"staging")
\g (format=unaligned tuples_only=on) /dev/null

ANALYZE fec_staging.:"staging";
\ir merge-api.sql
\ir compare.sql

UPDATE fec.run_dataset
   SET inserted = coalesce(inserted, 0) + :ds_inserted,
       changed = coalesce(changed, 0) + :ds_changed,
       completed = coalesce(completed, 0) + :ds_completed,
       unchanged = coalesce(unchanged, 0) + :ds_same + :ds_completed,
       uncoded = CASE WHEN :'is_schedule_a' THEN coalesce(uncoded, 0) + :ds_uncoded END,
       other_codes = CASE WHEN :'is_schedule_a' THEN coalesce(other_codes, 0) + :ds_other_codes END
 WHERE run_id = :run_id AND dataset = :'dataset';

\if :is_schedule_a
    \ir ../states/batch-committees.sql
\endif
\ir write-rows.sql
DELETE FROM fec_staging.:"conflicts";
