-- codes.sql - the FEC's codes as tables: makes them what the files in sql/codes say. Included by
-- schema.sql; also runs by itself, psql -v codes=sql/codes -f sql/schema/codes.sql. Changes nothing
-- that is like that already.
--
-- A file has a line of column names and a line for each code, with tabs between the fields.

CREATE TABLE IF NOT EXISTS fec.transaction_type (
    code                     text PRIMARY KEY,
    description              text NOT NULL,
    direction                text,
    schedule                 text,
    files                    text,
    counts_as                text,
    sign_individual_receipts text,
    note                     text,
    source                   text
);

COMMENT ON TABLE fec.transaction_type IS
    'The FEC''s codes of transactions (TRANSACTION_TP, the API''s receipt_type): what each means, '
    'which bulk file has it, how it counts.';
COMMENT ON COLUMN fec.transaction_type.code IS 'TRANSACTION_TP';
COMMENT ON COLUMN fec.transaction_type.description IS 'what it means';
COMMENT ON COLUMN fec.transaction_type.direction IS 'receipt or disbursement';
COMMENT ON COLUMN fec.transaction_type.schedule IS 'the schedule of the form: A, B ...';
COMMENT ON COLUMN fec.transaction_type.files IS
    'the bulk files that have it, with commas between: indiv, oth, pas2';
COMMENT ON COLUMN fec.transaction_type.counts_as IS 'what kind of money it is';
COMMENT ON COLUMN fec.transaction_type.sign_individual_receipts IS
    '1, -1 or 0: how it counts in what a committee got from individuals';
COMMENT ON COLUMN fec.transaction_type.note IS 'what to know of it';
COMMENT ON COLUMN fec.transaction_type.source IS 'where that is written';

\if :{?codes}
\else
    \set codes sql/codes
\endif
\set codes_file :codes /transaction_type.tsv
\set codes_text `cat :'codes_file' 2>/dev/null`
SELECT fec.refuse_if(:'codes_text' NOT LIKE E'code\t%',
                     format('cannot read %s; -v codes=FOLDER names the folder', :'codes_file'),
                     'ZF078')
\g (format=unaligned tuples_only=on) /dev/null

CREATE TEMPORARY TABLE fecpipe_codes AS
SELECT field
  FROM regexp_split_to_table(:'codes_text', E'\r?\n') WITH ORDINALITY AS lines (line, number),
       string_to_array(line, E'\t') AS field
 WHERE number > 1 AND line <> '';
DELETE FROM fec.transaction_type WHERE code NOT IN (SELECT field[1] FROM fecpipe_codes);
INSERT INTO fec.transaction_type AS t
SELECT field[1], field[2], nullif(field[3], ''), nullif(field[4], ''), nullif(field[5], ''),
       nullif(field[6], ''), nullif(field[7], ''), nullif(field[8], ''), nullif(field[9], '')
  FROM fecpipe_codes
    ON CONFLICT (code) DO UPDATE
   SET description = excluded.description, direction = excluded.direction,
       schedule = excluded.schedule, files = excluded.files, counts_as = excluded.counts_as,
       sign_individual_receipts = excluded.sign_individual_receipts, note = excluded.note,
       source = excluded.source
 WHERE t IS DISTINCT FROM excluded;
DROP TABLE fecpipe_codes;
\unset codes_text
