-- datasets.sql - makes fec.dataset what fec-parse --types says. Takes types: its output, a line a
-- dataset with tabs between name, kind, table, key, member (- for a plain file), header (1 or 0),
-- since, bulk name and label. Changes nothing if the table is like that already.

BEGIN;
CREATE TEMPORARY TABLE fecpipe_types ON COMMIT DROP AS
SELECT field[1] AS dataset, place::integer AS position, field[2] AS kind, field[3] AS table_name,
       field[4] AS key_column, nullif(field[5], '-') AS member, field[6] = '1' AS has_header,
       field[7]::smallint AS since_cycle, field[8] AS bulk_dataset, field[9] AS label
  FROM regexp_split_to_table(:'types', E'\n') WITH ORDINALITY AS lines (line, place),
       string_to_array(line, E'\t') AS field
 WHERE line <> '';

SELECT (SELECT array_agg(d ORDER BY d.position)::text FROM fec.dataset AS d)
       IS DISTINCT FROM
       (SELECT array_agg(t ORDER BY t.position)::text
          FROM (SELECT dataset, position, kind, table_name, key_column, member, has_header,
                       since_cycle, bulk_dataset, label FROM fecpipe_types) AS t) AS differs
\gset
\if :differs
    LOCK TABLE fec.dataset IN SHARE ROW EXCLUSIVE MODE;
    DELETE FROM fec.dataset;
    INSERT INTO fec.dataset (dataset, position, kind, table_name, key_column, member, has_header,
                             since_cycle, bulk_dataset, label)
    SELECT dataset, position, kind, table_name, key_column, member, has_header, since_cycle,
           bulk_dataset, label FROM fecpipe_types;
\endif
COMMIT;
