-- merge-api.sql - what rows of the API are to the rows of the table. Part of rows.sql, with its
-- variables. Fills up the staged rows, removes those that say nothing new, and names in
-- STAGING_completed those that only complete the table's row. Sets ds_same.
--
-- The rules. fec.merge_rule says of each column whether the API gives it as_is or lacks it.
--
-- 1. A NULL of a column that the API lacks says nothing: the table's value is taken. All else the
--    API says, NULL too, is a value. (A text filed where a date should be is lacking as well: it is
--    kept while the date is NULL.)
-- 2. A row that then says what the table says is the same. Nothing is written, not even run_id.
-- 3. It completes the table's row if it differs only where the table has less of it:
--    a. in a column that the API lacks, the table has NULL;
--    b. the table's row is as a bulk file gave it (its run is a monthly one), and an amount is the
--       API's without its cents, or a text is the API's cut at the length of the bulk column.
--    No history; the row gets this run's run_id and keeps its row_hash: the bulk record still says
--    the same as the row, as far as it goes.
-- 4. Any other difference is a change: the old version goes into the history, the row gets this
--    run's run_id, and row_hash 0: no bulk record is known that says so.
-- 5. A row that the table does not have is new, with row_hash 0 and in_bulk false.
-- 6. Committees and candidates of a cycle that is over: only rule 5. The API gives them as they are
--    today, the file as they were.
--
-- row_hash is the hash of a bulk record with which the row has been merged, or 0. fec-dedupe drops
-- from a bulk file the records that have the row's hash; so a row with 0 always meets its record.

-- (A TRUNCATE would wait for the end of a dump.)
DELETE FROM fec_staging.:"completed";

WITH rules AS (
    SELECT a.attname AS name, coalesce(of_api, 'as_is') = 'lacks' AS lacks, characters,
           a.atttypid = 'numeric'::regtype AS is_amount,
           substring(a.attname FROM '^(.*)_as_filed$') AS date_name
      FROM fec.columns_of(:'table') AS a
      LEFT JOIN fec.merge_rule ON table_name = :'table' AND column_name = a.attname
     WHERE a.visible AND a.attname NOT IN (:'key', 'cycle')
)
SELECT string_agg(CASE
           WHEN date_name IS NOT NULL
           THEN format('%1$I = CASE WHEN staged.%2$I IS NULL AND live.%2$I IS NULL '
                       'THEN coalesce(staged.%1$I, live.%1$I) ELSE staged.%1$I END',
                       name, date_name)
           ELSE format('%1$I = coalesce(staged.%1$I, live.%1$I)', name) END, ', ')
           FILTER (WHERE lacks) AS filled_up,
       string_agg(format('(live.%1$I IS NOT DISTINCT FROM staged.%1$I', name)
           || CASE WHEN lacks THEN format(' OR live.%1$I IS NULL', name) ELSE '' END
           || CASE WHEN is_amount
                   THEN format(' OR daily.run_id IS NULL AND live.%1$I = trunc(staged.%1$I)',
                               name)
                   WHEN characters IS NOT NULL
                   THEN format(' OR daily.run_id IS NULL AND char_length(staged.%1$I) > %2$s '
                               'AND live.%1$I = rtrim(left(staged.%1$I, %2$s))', name, characters)
                   ELSE '' END
           || ')', ' AND ') AS completes
  FROM rules
\gset

UPDATE fec_staging.:"staging" SET row_hash = 0;

\if :bulk_alone
    DELETE FROM fec_staging.:"staging" AS staged
     USING fec.:"table" AS live
     WHERE live.:"key" = staged.:"key" AND live.cycle = :cycle;
    \set ds_same :ROW_COUNT
\else
    UPDATE fec_staging.:"staging" AS staged
       SET :filled_up, in_bulk = live.in_bulk
      FROM fec.:"table" AS live
     WHERE live.:"key" = staged.:"key" AND live.cycle = :cycle;

    DELETE FROM fec_staging.:"staging" AS staged
     USING fec.:"table" AS live
     WHERE live.:"key" = staged.:"key" AND live.cycle = :cycle AND NOT (:visible_differs);
    \set ds_same :ROW_COUNT

    INSERT INTO fec_staging.:"completed"
    SELECT staged.:"key"
      FROM fec_staging.:"staging" AS staged
      JOIN fec.:"table" AS live ON live.:"key" = staged.:"key" AND live.cycle = :cycle
      LEFT JOIN fec.daily_run AS daily ON daily.run_id = live.run_id
     WHERE :completes;

    UPDATE fec_staging.:"staging" AS staged
       SET row_hash = live.row_hash
      FROM fec.:"table" AS live, fec_staging.:"completed" AS completed
     WHERE completed.:"key" = staged.:"key" AND live.:"key" = staged.:"key"
       AND live.cycle = :cycle;
\endif
