-- dataset.sql - makes fec.TABLE equal to the file, from what is staged. Part of one
-- transaction.
--
-- Takes what count.sql takes, and force, true to go on where too much would be withdrawn.

\ir count.sql
\ir check.sql

\if :first_load
    \ir attach.sql
\else
    \ir write-rows.sql
\endif

UPDATE fec.run_dataset SET status = 'applied' WHERE run_id = :run_id AND dataset = :'dataset';
