-- datasets.sql - makes fec.dataset what fec-parse --types says. Takes types: its output, a line a
-- dataset with tabs between name, kind, table, key, member (- for a plain file), header (1 or 0),
-- since, bulk name and label. Returns no rows; changes nothing if the table is like that already,
-- or in a database that can only be read.

SELECT coalesce((SELECT string_agg(concat_ws(E'\t', dataset, kind, table_name, key_column,
                                             coalesce(member, '-'), has_header::integer,
                                             since_cycle, bulk_dataset, label),
                                   E'\n' ORDER BY position)
                   FROM fec.dataset), '') <> rtrim(:'types', E'\n')
       AND current_setting('transaction_read_only') = 'off' AS differs
\gset
\if :differs
    BEGIN;
    LOCK TABLE fec.dataset IN SHARE ROW EXCLUSIVE MODE;
    DELETE FROM fec.dataset;
    INSERT INTO fec.dataset (dataset, position, kind, table_name, key_column, member, has_header,
                             since_cycle, bulk_dataset, label)
    SELECT field[1], place, field[2], field[3], field[4], nullif(field[5], '-'), field[6] = '1',
           field[7]::smallint, field[8], field[9]
      FROM regexp_split_to_table(rtrim(:'types', E'\n'), E'\n') WITH ORDINALITY
               AS lines (line, place),
           string_to_array(line, E'\t') AS field;
    COMMIT;
\endif
