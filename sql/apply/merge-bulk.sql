-- merge-bulk.sql - what records of a bulk file are to rows of the table in which there are values
-- of the API. Part of count.sql, with its variables. Puts aside, in STAGING_aside, the keys of
-- records that are older than the row; completes records by what the API has of them; names in
-- STAGING_completed those that only complete the row.
--
-- The rules. A row has values of the API if its run_id is that of a daily run. For other rows, and
-- for rows that the table lacks, the record is taken as it is. fec.merge_rule has the rule of each
-- column.
--
-- 1. A record fits a row if it says nothing else, considering what each source leaves out. Every
--    column is the same, but for these: in a column that the API lacks, one of the two is NULL; an
--    amount is that of the row without its cents; a text is that of the row, cut at the length of
--    the bulk column.
-- 2. A record that fits: the row stays as it is, with its cents, its long texts and its run_id, and
--    NULLs in columns that the API lacks are filled from the record. No history. It is completed if
--    something was filled, else confirmed. It gets the record's hash, and in_bulk.
-- 3. A record that does not fit is put aside if it is older than what the API said:
--    a. the row's run began after the file was made; or
--    b. it began within the grace before that, and the record fits a version in the row's history
--       that a daily run within the grace has replaced: the file does not know of the correction.
--    The row stays as it is, with its row_hash; only in_bulk becomes true.
-- 4. Any other record that does not fit is the FEC's correction. It is taken whole, with NULLs and
--    without cents; the old version goes into the history.
-- 5. Committees and candidates of a cycle that is over: rule 4 instead of 3.
-- 6. A row that somebody has changed by hand, and verify has found: rule 4 instead of 2 and 3,
--    since what it says is not what the API said.
--
-- Which rows that the file lacks leave the table is in missing.sql.

-- (A TRUNCATE would wait for the end of a dump.)
DELETE FROM fec_staging.:"completed";
DELETE FROM fec_staging.:"aside";

\if :merges
    WITH rules AS (
        SELECT a.attname AS name, coalesce(of_api, 'as_is') = 'lacks' AS lacks, characters,
               a.atttypid = 'numeric'::regtype AS is_amount
          FROM fec.columns_of(:'table') AS a
          LEFT JOIN fec.merge_rule ON table_name = :'table' AND column_name = a.attname
         WHERE a.visible AND a.attname NOT IN (:'key', 'cycle')
    ), fitting AS (
        SELECT string_agg(format('(staged.%1$I IS NOT DISTINCT FROM version.%1$I', name)
                   || CASE WHEN lacks
                           THEN format(' OR staged.%1$I IS NULL OR version.%1$I IS NULL', name)
                           ELSE '' END
                   || CASE WHEN is_amount
                           THEN format(' OR staged.%1$I = trunc(version.%1$I)', name)
                           WHEN characters IS NOT NULL
                           THEN format(' OR char_length(version.%1$I) > %2$s AND staged.%1$I '
                                       '= rtrim(left(version.%1$I, %2$s))', name, characters)
                           ELSE '' END
                   || ')', ' AND ') AS fits,
               string_agg(format('%1$I = coalesce(live.%1$I, staged.%1$I)', name), ', ')
                   FILTER (WHERE lacks OR is_amount OR characters IS NOT NULL) AS completion
          FROM rules
    )
    SELECT replace(fits, 'version.', 'live.') AS fits_live,
           replace(fits, 'version.', 'earlier.') AS fits_earlier, completion
      FROM fitting
    \gset

    INSERT INTO fec_staging.:"aside"
    SELECT staged.:"key"
      FROM fec_staging.:"staging" AS staged
      JOIN fec.:"table" AS live ON live.:"key" = staged.:"key" AND live.cycle = :cycle
      JOIN fec.daily_run AS daily ON daily.run_id = live.run_id
     WHERE NOT (:fits_live) AND NOT :'bulk_alone' AND NOT :is_damaged
       AND (daily.began > :'file_of'
            OR daily.began > :'grace_from'
               AND EXISTS (SELECT FROM fec.:"history" AS earlier
                             JOIN fec.daily_run AS correcting
                               ON correcting.run_id = earlier.run_id
                            WHERE earlier.:"key" = staged.:"key" AND earlier.cycle = :cycle
                              AND earlier.change = 'changed'
                              AND correcting.began > :'grace_from' AND :fits_earlier));
    DELETE FROM fec_staging.:"staging" AS staged
     USING fec_staging.:"aside" AS aside
     WHERE aside.:"key" = staged.:"key";

    -- What fits gets the run_id of the row, which tells it from the rest.
    UPDATE fec_staging.:"staging" AS staged
       SET :completion, run_id = live.run_id
      FROM fec.:"table" AS live, fec.daily_run AS daily
     WHERE live.:"key" = staged.:"key" AND live.cycle = :cycle
       AND daily.run_id = live.run_id AND :fits_live AND NOT :is_damaged;
    INSERT INTO fec_staging.:"completed"
    SELECT staged.:"key"
      FROM fec_staging.:"staging" AS staged
      JOIN fec.:"table" AS live ON live.:"key" = staged.:"key" AND live.cycle = :cycle
     WHERE staged.run_id <> :run_id AND :visible_differs;
\endif
