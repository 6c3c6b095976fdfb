-- export-known.sql - writes keys and hashes of all rows that a table has of the cycle to standard
-- output, for fec-dedupe --known. Takes run_id and dataset.
--
-- In binary form where the key is a number: that is faster, and its trailer shows that it is whole.

SELECT run.cycle, table_name AS "table", key_column AS key,
       CASE WHEN atttypid = 'bigint'::regtype THEN 'WITH (FORMAT binary)' ELSE '' END AS format
  FROM fec.run, fec.dataset
  JOIN pg_attribute ON attrelid = format('fec.%I', table_name)::regclass AND attname = key_column
 WHERE run_id = :run_id AND dataset = :'dataset'
\gset
COPY (SELECT :"key", row_hash FROM fec.:"table" WHERE cycle = :cycle) TO STDOUT :format;
