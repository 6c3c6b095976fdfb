-- find.sql - what the scripts of this folder need to know of a dataset of a run, from fec.run,
-- fec.run_dataset and fec.dataset. Takes run_id and dataset; sets
--   cycle, table, key, history        the table in schema fec, its key, its history table
--   completions                       the table of what rows were before they were completed; is
--                                     there if merges
--   staging, missing, conflicts, kept, completed, aside, repaired
--                                     the staging tables (fec.make_staging)
--   first_load, known, passed         as in fec.run_dataset
--   from_api                          the records are some of the API's, not a whole file
--   file_of                           when the file was made. No file is younger than the run that
--                                     reads it, or than now, whatever its server's clock says; one
--                                     without a date may be as young
--   force, keeps_uncoded              the run's settings
--   grace_from                        a file of file_of need not have what the API showed later
--   merges                            the API shows rows of this table, and has done so
--   bulk_alone                        masters of a cycle that is over: the file is right
--   columns, row_columns, live_columns, updates, visible_differs, upsert_differs
--                                     pieces of SQL. What can be seen of a row is every column but
--                                     row_hash, run_id, in_bulk and seal. Users' columns are not in
--                                     them
--   seal_of_staged, seal_of_asides    the seal of a staged row; of a row that is put aside
--   has_damage, is_damaged            verify has found rows damaged that no run has repaired yet;
--                                     whether the row `live` is one of them

SELECT fec.refuse_if(NOT EXISTS (
           SELECT FROM fec.run JOIN fec.run_dataset USING (run_id) JOIN fec.dataset USING (dataset)
            WHERE run_id = :run_id AND dataset = :'dataset' AND staging IS NOT NULL),
           format('run %s has nothing staged of %s', :run_id, :'dataset'), 'ZF070')
\g (format=unaligned tuples_only=on) /dev/null
SELECT fec.refuse_if(NOT settings ?& ARRAY['max_withdrawn', 'min_withdrawn', 'grace_days'],
                     format('run %s has no settings', :run_id), 'ZF070')
  FROM fec.run WHERE run_id = :run_id
\g (format=unaligned tuples_only=on) /dev/null

SELECT run.cycle, t.table_name AS "table", t.key_column AS key,
       t.table_name || '_history' AS history, t.table_name || '_completion' AS completions,
       d.staging,
       d.staging || '_missing' AS missing, d.staging || '_conflicts' AS conflicts,
       d.staging || '_kept' AS kept, d.staging || '_completed' AS completed,
       d.staging || '_aside' AS aside, d.staging || '_repaired' AS repaired,
       coalesce(d.first_load, false) AS first_load, coalesce(d.known, 0) AS known,
       coalesce(d.passed, 0) AS passed, t.kind = 'api' AS from_api,
       file.made AS file_of,
       coalesce((run.settings ->> 'force')::boolean, false) AS force,
       file.made - (run.settings ->> 'grace_days')::integer * interval '1 day' AS grace_from,
       coalesce(run.settings ->> 'uncoded', '') = 'keep' AS keeps_uncoded,
       EXISTS (SELECT FROM fec.merge_rule AS rule WHERE rule.table_name = t.table_name)
           AND EXISTS (SELECT FROM fec.daily_run WHERE daily_run.cycle = run.cycle) AS merges,
       t.table_name <> 'contribution' AND fec.cycle_is_over(run.cycle) AS bulk_alone
  FROM fec.run
  JOIN fec.run_dataset AS d USING (run_id)
  JOIN fec.dataset AS t USING (dataset)
 CROSS JOIN LATERAL (
       SELECT least(coalesce(d.last_modified, run.started_at), run.started_at, now()) AS made
       ) AS file
 WHERE run.run_id = :run_id AND d.dataset = :'dataset'
\gset

SELECT string_agg(format('%I', attname), ', ' ORDER BY attnum) AS columns,
       string_agg(format('%I', attname), ', ' ORDER BY attnum)
           FILTER (WHERE attname <> 'run_id') AS row_columns,
       string_agg(format('live.%I', attname), ', ' ORDER BY attnum)
           FILTER (WHERE attname <> 'run_id') AS live_columns,
       string_agg(format('%1$I = excluded.%1$I', attname), ', ' ORDER BY attnum)
           FILTER (WHERE attname NOT IN (:'key', 'cycle')) AS updates,
       format('(%s) IS DISTINCT FROM (%s)',
              string_agg(format('live.%I', attname), ', ' ORDER BY attnum) FILTER (WHERE visible),
              string_agg(format('staged.%I', attname), ', ' ORDER BY attnum) FILTER (WHERE visible))
           AS visible_differs,
       format('(%s) IS DISTINCT FROM (%s)',
              string_agg(format('live.%I', attname), ', ' ORDER BY attnum) FILTER (WHERE visible),
              string_agg(format('excluded.%I', attname), ', ' ORDER BY attnum)
                  FILTER (WHERE visible)) AS upsert_differs
  FROM fec.columns_of(:'table')
\gset

SELECT fec.seal_expression(:'table', 'staged') AS seal_of_staged,
       replace(fec.seal_expression(:'table', 'live'), 'live.in_bulk', 'true') AS seal_of_asides,
       EXISTS (SELECT FROM fec.damage
                WHERE table_name = :'table' AND cycle = :cycle AND repaired_by IS NULL)
           AS has_damage,
       format('EXISTS (SELECT FROM fec.damage AS d WHERE d.table_name = %L AND d.cycle = %s'
              ' AND d.repaired_by IS NULL AND d.key = live.%I::text)', :'table', :cycle, :'key')
           AS is_damaged
\gset
\if :has_damage
\else
    \set is_damaged false
\endif
