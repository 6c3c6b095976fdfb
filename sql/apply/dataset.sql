-- dataset.sql - makes fec.TABLE equal to the file, from what is staged. Part of one transaction,
-- which open.sql begins. Takes run_id and dataset, returns no rows.

\ir count.sql
\ir check.sql

SELECT :'first_load' AND :passed > 0 AS attaches, NOT :'first_load' AS merges
\gset
\if :attaches
    \ir attach.sql
\endif
\if :merges
    \ir write-rows.sql
\endif

UPDATE fec.run_dataset SET status = 'applied' WHERE run_id = :run_id AND dataset = :'dataset';
