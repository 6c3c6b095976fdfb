-- dataset.sql - makes a table equal to its file, from what a run has staged of it. Takes run_id and
-- dataset. Part of a run's one transaction; by itself: psql -1 -v run_id=7 -v dataset=indiv -f ...

SELECT coalesce(last_modified::text, '') AS last_modified
  FROM fec.run_dataset WHERE run_id = :run_id AND dataset = :'dataset'
\gset
\ir check-age.sql
\ir count.sql
\ir check.sql

SELECT :'table' = 'contribution' AND EXISTS (SELECT FROM fec.contribution_uncoded
                                              WHERE cycle = :cycle) AS has_uncoded
\gset
\if :has_uncoded
    \ir coded.sql
\endif
SELECT :'first_load' AND :passed > 0 AS attaches, NOT :'first_load' AS merges_rows
\gset
-- A dump may use the staged table. Then its rows are copied instead of waiting for the dump's end;
-- as they are where fec.can_attach says that attaching is not enough.
SELECT :'attaches' AND relpersistence = 'p' AND fec.can_attach(:'table')
           AND fec.lock_staging(:'staging', true) AS attaches_now
  FROM pg_class
 WHERE oid = format('fec_staging.%I', :'staging')::regclass
\gset
\if :attaches_now
    \ir attach.sql
\elif :attaches
    \ir copy.sql
\elif :merges_rows
    \ir write-rows.sql
\endif

UPDATE fec.run_dataset SET status = 'applied' WHERE run_id = :run_id AND dataset = :'dataset';
