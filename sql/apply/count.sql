-- count.sql - what applying a staged dataset would do, into fec.run_dataset. Changes nothing else
-- but the staging tables. Runs by itself for a dry run: psql -v run_id=7 -v dataset=indiv -f ...
--
-- Takes run_id and dataset. Sets what find.sql sets, and
--   ds_inserted, ds_changed, ds_completed, ds_confirmed, ds_repaired, ds_withdrawn,
--   ds_unconfirmed, ds_unchanged, ds_kept, ds_live
--       counts of rows; completed, confirmed and repaired ones are among the unchanged

\ir find.sql
\ir overtaken.sql

\if :first_load
    SELECT :passed - :ds_overtaken AS ds_inserted, 0 AS ds_changed, 0 AS ds_completed,
           0 AS ds_confirmed, 0 AS ds_repaired, 0 AS ds_withdrawn, 0 AS ds_unconfirmed,
           0 AS ds_kept, 0 AS ds_live
    \gset
\else
    ANALYZE fec_staging.:"staging", fec_staging.:"missing";
    \ir merge-bulk.sql
    \ir repair.sql
    \ir compare.sql
    \ir missing.sql
    \set ds_live :known
\endif

-- Counted from what the table had, not from what fec-dedupe dropped: of a key that came with two
-- contents it may have dropped one and passed on the other.
SELECT :ds_live - :ds_changed - :ds_withdrawn - :ds_unconfirmed AS ds_unchanged
\gset

UPDATE fec.run_dataset
   SET inserted = :ds_inserted, changed = :ds_changed, completed = :ds_completed,
       confirmed = :ds_confirmed, repaired = :ds_repaired, withdrawn = :ds_withdrawn,
       unconfirmed = :ds_unconfirmed,
       kept_unread = :ds_kept, unchanged = :ds_unchanged
 WHERE run_id = :run_id AND dataset = :'dataset';
