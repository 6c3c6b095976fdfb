-- drop-staging.sql - drops what a run had staged, after its end. Takes run_id, returns no rows.

SELECT fec.drop_staging(:run_id)
\g /dev/null
