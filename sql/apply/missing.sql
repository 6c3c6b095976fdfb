-- missing.sql - which of the rows that the file lacks leave the table. Part of count.sql, with its
-- variables. Sets ds_kept, ds_withdrawn and ds_unconfirmed.
--
-- Those stay that have the key of a line which could not be read: the file has them. And those that
-- a daily run has brought within the grace: they may be younger than the file. The rest leaves:
-- withdrawn if a bulk file has ever had it, unconfirmed if only the API has.

DELETE FROM fec_staging.:"missing" AS missing
 USING fec_staging.:"kept" AS kept
 WHERE kept.:"key" = missing.:"key";
\set ds_kept :ROW_COUNT

\if :merges
    DELETE FROM fec_staging.:"missing" AS missing
     USING fec.:"table" AS live, fec.daily_run AS daily
     WHERE live.:"key" = missing.:"key" AND live.cycle = :cycle AND daily.run_id = live.run_id
       AND daily.began > :'grace_from';
\endif

SELECT count(*) FILTER (WHERE live.in_bulk) AS ds_withdrawn,
       count(*) FILTER (WHERE NOT live.in_bulk) AS ds_unconfirmed
  FROM fec_staging.:"missing" AS missing
  JOIN fec.:"table" AS live ON live.:"key" = missing.:"key" AND live.cycle = :cycle
\gset
