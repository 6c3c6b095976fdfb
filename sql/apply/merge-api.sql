-- merge-api.sql - before rows of the API are compared with the table: what the API leaves open is
-- taken from the table. Part of count.sql, with its variables. Sets ds_same.
--
-- The API's value wins, but a NULL of the API's never erases a value: it often has none where the
-- bulk file has a code, and for the masters' addresses never.
--
-- The hash of a row must be that of a record which gives the row as it is; else a correction whose
-- record happens to have that hash would be taken for unchanged. So a row that was filled up keeps
-- the hash that the table has, or if it changes, gets one that no record has.

-- The pieces that depend on the columns. A text that was filed where a date should be stands only
-- beside a date that is NULL, and if the API has one, the date is gone.
WITH visible AS (
    SELECT attname AS name,
           substring(attname FROM '^(.*)_as_filed$') AS date_of,
           EXISTS (SELECT FROM pg_attribute AS other
                    WHERE other.attrelid = a.attrelid
                      AND other.attname = a.attname || '_as_filed') AS is_date
      FROM pg_attribute AS a
     WHERE attrelid = format('fec.%I', :'table')::regclass AND attnum > 1 AND NOT attisdropped
       AND attname NOT IN ('cycle', 'row_hash', 'run_id', 'in_bulk')
)
SELECT string_agg(
           CASE WHEN date_of IS NOT NULL
                THEN format('%1$I = CASE WHEN coalesce(staged.%2$I, live.%2$I) IS NULL '
                            'OR staged.%1$I IS NOT NULL '
                            'THEN coalesce(staged.%1$I, live.%1$I) END', name, date_of)
                WHEN is_date
                THEN format('%1$I = CASE WHEN staged.%2$I IS NULL '
                            'THEN coalesce(staged.%1$I, live.%1$I) END', name, name || '_as_filed')
                ELSE format('%1$I = coalesce(staged.%1$I, live.%1$I)', name) END, ', ')
           AS filled_up,
       string_agg(format('staged.%1$I IS NULL AND live.%1$I IS NOT NULL', name), ' OR ')
           AS lacks_something
  FROM visible
\gset

UPDATE fec_staging.:"staging" AS staged
   SET :filled_up,
       row_hash = CASE WHEN :lacks_something THEN live.row_hash ELSE staged.row_hash END
  FROM fec.:"table" AS live
 WHERE live.:"key" = staged.:"key" AND live.cycle = :cycle;

-- Rows that say nothing new.
DELETE FROM fec_staging.:"staging" AS staged
 USING fec.:"table" AS live
 WHERE live.:"key" = staged.:"key" AND live.cycle = :cycle AND live.row_hash = staged.row_hash
   AND NOT (:visible_differs);
\set ds_same :ROW_COUNT

UPDATE fec_staging.:"staging" AS staged
   SET row_hash = hashtextextended(staged::text, 0)
  FROM fec.:"table" AS live
 WHERE live.:"key" = staged.:"key" AND live.cycle = :cycle AND live.row_hash = staged.row_hash;
