-- count.sql - what applying a staged dataset would do, into fec.run_dataset. Changes
-- nothing else but the staged tables.
--
-- Takes run_id and dataset, and sets
--   key, columns, row_columns, live_columns, visible_differs, upsert_differs, updates, history
--       pieces of SQL made from the catalog
--   ds_inserted, ds_changed, ds_confirmed, ds_withdrawn, ds_unchanged, ds_live
--       counts of rows

\ir variables.sql

-- A file is not younger than the run that reads it, whatever its server's clock says; one without a
-- time may be as young.
SELECT least(coalesce(nullif(:'file_time', '')::timestamptz, started_at), started_at)
           AS file_of
  FROM fec.run WHERE run_id = :run_id
\gset

-- The pieces that depend on the columns. What can be seen of a row is all columns but these.
\set hidden '{row_hash,run_id,in_bulk}'
SELECT min(attname::text) FILTER (WHERE attnum = 1) AS key,
       :'table' || '_history' AS history,
       string_agg(format('%I', attname), ', ' ORDER BY attnum) AS columns,
       string_agg(format('%I', attname), ', ' ORDER BY attnum)
           FILTER (WHERE attname <> 'run_id') AS row_columns,
       string_agg(format('live.%I', attname), ', ' ORDER BY attnum)
           FILTER (WHERE attname <> 'run_id') AS live_columns,
       format('(%s) IS DISTINCT FROM (%s)',
              string_agg(format('live.%I', attname), ', ' ORDER BY attnum)
                  FILTER (WHERE attname <> ALL (:'hidden')),
              string_agg(format('staged.%I', attname), ', ' ORDER BY attnum)
                  FILTER (WHERE attname <> ALL (:'hidden'))) AS visible_differs,
       format('(%s) IS DISTINCT FROM (%s)',
              string_agg(format('live.%I', attname), ', ' ORDER BY attnum)
                  FILTER (WHERE attname <> ALL (:'hidden')),
              string_agg(format('excluded.%I', attname), ', ' ORDER BY attnum)
                  FILTER (WHERE attname <> ALL (:'hidden'))) AS upsert_differs,
       string_agg(format('%1$I = excluded.%1$I', attname), ', ' ORDER BY attnum)
           FILTER (WHERE attnum > 1 AND attname NOT IN ('cycle', 'run_id', 'in_bulk')) AS updates
  FROM pg_attribute
 WHERE attrelid = format('fec.%I', :'table')::regclass AND attnum > 0 AND NOT attisdropped
\gset

\set missing :staging _missing
\set conflicts :staging _conflicts

-- Of records with one key and different content the last one counts. Rows lie in the staged table
-- in the order in which they were loaded, which is that of the file.
DELETE FROM fec_staging.:"staging"
 WHERE ctid IN (
    SELECT ctid
      FROM (SELECT ctid, row_number() OVER (PARTITION BY :"key" ORDER BY ctid DESC) AS from_last
              FROM fec_staging.:"staging"
             WHERE :"key" IN (SELECT :"key" FROM fec_staging.:"conflicts")) AS conflicting
     WHERE from_last > 1);
\set overtaken :ROW_COUNT

\if :first_load
    SELECT :passed - :overtaken AS ds_inserted, 0 AS ds_changed, 0 AS ds_confirmed,
           0 AS ds_withdrawn, 0 AS ds_live
    \gset
\else
    ANALYZE fec_staging.:"staging", fec_staging.:"missing";
    \if :from_api
        \ir merge-api.sql
    \else
        \ir merge-bulk.sql
    \endif

    SELECT count(*) FILTER (WHERE live.:"key" IS NULL) AS ds_inserted,
           count(*) FILTER (WHERE live.:"key" IS NOT NULL AND :visible_differs) AS ds_changed,
           count(*) FILTER (WHERE live.:"key" IS NOT NULL AND NOT (:visible_differs))
               AS ds_confirmed
      FROM fec_staging.:"staging" AS staged
      LEFT JOIN fec.:"table" AS live ON live.:"key" = staged.:"key" AND live.cycle = :cycle
    \gset

    -- A row that came by the API and may be younger than the file stays: its run began later than
    -- the file's time less a grace of 7 days.
    DELETE FROM fec_staging.:"missing" AS missing
     USING fec.:"table" AS live, fec.run AS run
     WHERE live.:"key" = missing.:"key" AND live.cycle = :cycle AND run.run_id = live.run_id
       AND run.kind = 'daily' AND run.started_at > :'file_of'::timestamptz - interval '7 days';

    SELECT count(*) AS ds_withdrawn FROM fec_staging.:"missing"
    \gset
    \set ds_live :known
\endif

-- Of a file counted from what the table had, not from what fec-dedupe dropped: of a key that came
-- with two contents it may have dropped one and passed on the other.
\if :from_api
    SELECT :ds_same + :ds_confirmed AS ds_unchanged
    \gset
\else
    SELECT :ds_live - :ds_changed - :ds_withdrawn AS ds_unchanged
    \gset
\endif

-- Added up, since the API's rows come in batches.
UPDATE fec.run_dataset
   SET inserted = coalesce(inserted, 0) + :ds_inserted,
       changed = coalesce(changed, 0) + :ds_changed,
       confirmed = coalesce(confirmed, 0) + :ds_confirmed,
       withdrawn = coalesce(withdrawn, 0) + :ds_withdrawn,
       unchanged = CASE WHEN :from_api THEN unchanged ELSE 0 END + :ds_unchanged
 WHERE run_id = :run_id AND dataset = :'dataset';
