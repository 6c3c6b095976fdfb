-- merge-api.sql - before rows of the API are compared with the table: what the API leaves open is
-- taken from the table. Part of count-dataset.sql, with its variables. Sets ds_same.
--
-- The API's value wins, but a NULL of the API's never erases a value: it often has none where the
-- bulk file has a code, and for the masters' addresses never.

-- Rows that came just so before.
DELETE FROM fec_staging.:"staging" AS staged
 USING fec.:"table" AS live
 WHERE live.:"key" = staged.:"key" AND live.cycle = :cycle AND live.row_hash = staged.row_hash;
\set ds_same :ROW_COUNT

-- A text that was filed where a date should be stands only beside a date that is NULL.
SELECT string_agg(
           CASE WHEN attname LIKE '%\_as\_filed'
                THEN format('%1$I = CASE WHEN coalesce(staged.%2$I, live.%2$I) IS NULL '
                            'THEN coalesce(staged.%1$I, live.%1$I) END',
                            attname, left(attname, -length('_as_filed')))
                ELSE format('%1$I = coalesce(staged.%1$I, live.%1$I)', attname) END,
           ', ') AS filled_up
  FROM pg_attribute
 WHERE attrelid = format('fec.%I', :'table')::regclass AND attnum > 1 AND NOT attisdropped
   AND attname NOT IN ('cycle', 'row_hash', 'run_id')
\gset

UPDATE fec_staging.:"staging" AS staged
   SET :filled_up
  FROM fec.:"table" AS live
 WHERE live.:"key" = staged.:"key" AND live.cycle = :cycle;
