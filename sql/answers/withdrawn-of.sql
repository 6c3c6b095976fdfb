-- withdrawn-of.sql - the view of what became of the withdrawn rows of one table. Part of
-- withdrawn.sql. Takes withdrawn_table, a table with sub_id, committee_id, transaction_id.

SELECT :'withdrawn_table' || '_history' AS history,
       :'withdrawn_table' || '_completion' AS completion,
       :'withdrawn_table' || '_withdrawn' AS view,
       to_regclass(format('fec.%I', :'withdrawn_table' || '_completion')) IS NOT NULL
           AS completes,
       max(attname) FILTER (WHERE attname ~ '_amount$') AS amount,
       string_agg(format('%I', attname), ', ' ORDER BY attnum)
           FILTER (WHERE visible) AS columns,
       string_agg(format('CASE WHEN old.%1$I IS DISTINCT FROM new.%1$I THEN %1$L END', attname),
                  ', ' ORDER BY attnum)
           FILTER (WHERE visible AND attname NOT IN ('sub_id', 'cycle', 'file_number',
                                                     'image_number', 'amendment_indicator'))
           AS differing
  FROM fec.columns_of(:'withdrawn_table')
\gset withdrawn_
-- A row that was there before, and was completed since, has not come.
\set withdrawn_not_completed ''
\if :withdrawn_completes
    SELECT format('AND NOT EXISTS (SELECT FROM fec.%I AS earlier WHERE earlier.sub_id = new.sub_id '
                  'AND earlier.cycle = new.cycle AND earlier.since_run_id < since.since_run_id '
                  'AND earlier.run_id >= since.since_run_id)', :'withdrawn_completion')
               AS withdrawn_not_completed
    \gset
\endif

-- The runs are looked up once, not for each row.
CREATE OR REPLACE VIEW fec.:"withdrawn_view" AS
WITH withdrawing AS MATERIALIZED (
    SELECT run_id, since_run_id FROM fec.withdrawing_run WHERE table_name = :'withdrawn_table'
)
SELECT DISTINCT ON (old.cycle, old.run_id, old.committee_id, old.sub_id)
       old.sub_id, old.cycle, old.committee_id, old.run_id, old.replaced_at AS withdrawn_at,
       CASE WHEN old.transaction_id IS NULL THEN 'untraceable'
            WHEN new.sub_id IS NULL THEN 'gone'
            WHEN new.sub_id = old.sub_id THEN 'returned'
            WHEN cardinality(difference.columns) = 0 THEN 'renumbered'
            ELSE 'altered' END AS became,
       old.:"withdrawn_amount" AS amount, new.:"withdrawn_amount" AS new_amount,
       new.:"withdrawn_amount" - old.:"withdrawn_amount" AS amount_difference,
       difference.columns AS altered_columns, new.sub_id AS new_sub_id, new.run_id AS new_run_id,
       old.transaction_id, old.file_number, new.file_number AS new_file_number
  FROM fec.:"withdrawn_history" AS old
  LEFT JOIN withdrawing ON withdrawing.run_id = old.run_id
 CROSS JOIN LATERAL (SELECT coalesce(withdrawing.since_run_id, old.run_id) AS since_run_id) AS since
  LEFT JOIN (SELECT :withdrawn_columns, run_id
               FROM fec.:"withdrawn_table"
             UNION ALL
             SELECT :withdrawn_columns, written_by_run_id
               FROM fec.:"withdrawn_history" WHERE change <> 'changed') AS new
    ON new.cycle = old.cycle AND new.committee_id = old.committee_id
       AND new.transaction_id = old.transaction_id AND new.run_id >= since.since_run_id
       AND (new.sub_id <> old.sub_id OR new.run_id > old.run_id)
       AND (new.sub_id = old.sub_id OR NOT EXISTS (
                SELECT FROM fec.:"withdrawn_history" AS earlier
                 WHERE earlier.sub_id = new.sub_id AND earlier.cycle = new.cycle
                   AND earlier.written_by_run_id < since.since_run_id
                   AND earlier.run_id >= since.since_run_id)
            :withdrawn_not_completed)
 CROSS JOIN LATERAL (
       SELECT CASE WHEN new.sub_id IS NOT NULL
                   THEN array_remove(ARRAY[:withdrawn_differing], NULL) END AS columns
       ) AS difference
 WHERE old.change = 'withdrawn'
 ORDER BY old.cycle, old.run_id, old.committee_id, old.sub_id,
          new.report_type IS DISTINCT FROM old.report_type, new.run_id,
          cardinality(difference.columns), new.sub_id;
SELECT format('COMMENT ON VIEW fec.%I IS %L', :'withdrawn_view',
              format('What became of the rows of %s that were withdrawn: renumbered, altered '
                     '(altered_columns, amount_difference), returned, gone or untraceable. A row '
                     'is found again by committee and transaction_id.', :'withdrawn_table'))
\gexec
