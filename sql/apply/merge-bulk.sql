-- merge-bulk.sql - before rows of a bulk file are compared with the table: where a row came by the
-- API after the file was made, or the file has only lost precision, the API's value stays. Part of
-- count.sql, with its variables.
--
-- Two things are lost in the bulk files: the cents (an amount is cut to whole dollars), and the end
-- of a text that is longer than the FEC's column. All else that differs is the FEC's correction.

SELECT EXISTS (SELECT FROM fec.run WHERE cycle = :cycle AND kind = 'daily') AS had_daily_runs
\gset

-- The columns that can have lost something, as assignments. Limits in characters: the FEC's file
-- descriptions of itcont.txt.
WITH limits (name, characters) AS (
    VALUES ('contributor_name', 200), ('contributor_city', 30), ('contributor_employer', 38),
           ('contributor_occupation', 38), ('memo_text', 100), ('transaction_id', 32)
)
SELECT string_agg(
           CASE WHEN characters IS NULL
                THEN format('%1$I = CASE WHEN staged.%1$I = trunc(live.%1$I) '
                            'THEN live.%1$I ELSE staged.%1$I END', attname)
                ELSE format('%1$I = CASE WHEN char_length(live.%1$I) > %2$s '
                            'AND staged.%1$I = rtrim(left(live.%1$I, %2$s)) '
                            'THEN live.%1$I ELSE staged.%1$I END', attname, characters) END,
           ', ') AS precise,
       count(*) > 0 AND :'had_daily_runs' AS can_be_more_precise
  FROM pg_attribute LEFT JOIN limits ON name = attname
 WHERE attrelid = format('fec.%I', :'table')::regclass AND attnum > 0 AND NOT attisdropped
   AND (name IS NOT NULL OR atttypid = 'numeric'::regtype)
\gset

-- A run that began after the file was made has seen what came later: the file puts nothing back.
\if :had_daily_runs
    DELETE FROM fec_staging.:"staging" AS staged
     USING fec.:"table" AS live, fec.run AS run
     WHERE live.:"key" = staged.:"key" AND live.cycle = :cycle AND run.run_id = live.run_id
       AND run.kind = 'daily' AND run.started_at > :'file_of'::timestamptz;
\endif

-- Whether a row came by the API is told by the run that brought it, or one that brought an earlier
-- version of it: a correction in the next bulk file must not cost the cents of the file after that.
\if :can_be_more_precise
    UPDATE fec_staging.:"staging" AS staged
       SET :precise
      FROM fec.:"table" AS live
     WHERE live.:"key" = staged.:"key" AND live.cycle = :cycle
       AND (EXISTS (SELECT FROM fec.run
                     WHERE run.run_id = live.run_id AND run.kind = 'daily')
            OR EXISTS (SELECT FROM fec.:"history" AS earlier
                         JOIN fec.run ON run.run_id = earlier.written_by_run_id
                        WHERE earlier.:"key" = live.:"key" AND earlier.cycle = :cycle
                          AND run.kind = 'daily'));
\endif
