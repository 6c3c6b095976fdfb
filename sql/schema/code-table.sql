-- code-table.sql - makes one table of codes what its file says, and changes nothing that is like
-- that already. Part of codes.sql. Takes codes, the folder of the files; code_table, the name of
-- table and file; code_comment, the table's comment.

CREATE TABLE IF NOT EXISTS fec.:"code_table" (
    code        text PRIMARY KEY,
    description text NOT NULL,
    note        text,
    source      text
);
COMMENT ON COLUMN fec.:"code_table".code IS 'the code, as it stands in the rows';
COMMENT ON COLUMN fec.:"code_table".description IS 'what it means';
COMMENT ON COLUMN fec.:"code_table".note IS 'what to know of it';
COMMENT ON COLUMN fec.:"code_table".source IS
    'where that is written; `inferred`: concluded by fecpipe, not documented by the FEC';

\set codes_file :codes '/' :code_table '.tsv'
\set codes_text `cat :'codes_file' 2>/dev/null`
SELECT fec.refuse_if(:'codes_text' NOT LIKE E'code\t%',
                     format('cannot read %s; -v codes=FOLDER names the folder', :'codes_file'),
                     'ZF078')
\g (format=unaligned tuples_only=on) /dev/null

-- The columns are those of the file's first line, in its order.
SELECT string_agg(format('%I', name), ', ' ORDER BY place) AS names,
       string_agg(format('nullif(field[%s], '''')::%s', place, format_type(atttypid, atttypmod)),
                  ', ' ORDER BY place) AS fields,
       string_agg(format('%1$I = excluded.%1$I', name), ', ' ORDER BY place)
           FILTER (WHERE name <> 'code') AS updates
  FROM unnest(string_to_array(split_part(:'codes_text', E'\n', 1), E'\t')) WITH ORDINALITY
           AS header (name, place)
  LEFT JOIN pg_attribute AS a
    ON attrelid = format('fec.%I', :'code_table')::regclass AND attname = name AND attnum > 0
\gset codes_

CREATE TEMPORARY TABLE fecpipe_codes AS
SELECT field
  FROM regexp_split_to_table(:'codes_text', E'\r?\n') WITH ORDINALITY AS lines (line, number),
       string_to_array(line, E'\t') AS field
 WHERE number > 1 AND line <> '';
DELETE FROM fec.:"code_table" WHERE code NOT IN (SELECT field[1] FROM fecpipe_codes);
INSERT INTO fec.:"code_table" AS t (:codes_names)
SELECT :codes_fields
  FROM fecpipe_codes
    ON CONFLICT (code) DO UPDATE SET :codes_updates
 WHERE t IS DISTINCT FROM excluded;
DROP TABLE fecpipe_codes;
\unset codes_text
