-- What tells that nobody has changed by hand what the runs have written: `pipeline.sh verify` looks
-- at it. Included by schema.sql, after all tables of data.
--
-- A row that a bulk file gave has the hash of its record, row_hash. Rows in which there are values
-- of the API have a seal instead: a hash over all that they show, with row_hash, run_id and
-- in_bulk. The seal of a run is one over what fec.run and fec.run_dataset say of it.

-- A column more for every table with a row_hash, its history, and what it was before it was
-- completed. Partitions get it with their table.
SELECT format('ALTER TABLE %s ADD seal bigint', a.attrelid::regclass)
  FROM pg_attribute AS a
  JOIN pg_class AS c ON c.oid = a.attrelid
 WHERE c.relnamespace = 'fec'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
   AND a.attname = 'row_hash' AND NOT a.attisdropped
   AND NOT EXISTS (SELECT FROM pg_attribute AS seal
                    WHERE seal.attrelid = c.oid AND seal.attname = 'seal')
 ORDER BY c.relname
\gexec
SELECT format('COMMENT ON COLUMN %s.seal IS %L', a.attrelid::regclass,
              'a hash over what the row shows if it has values of the API, for pipeline.sh verify; '
              'NULL: row_hash is one')
  FROM pg_attribute AS a
  JOIN pg_class AS c ON c.oid = a.attrelid
 WHERE c.relnamespace = 'fec'::regnamespace AND c.relkind IN ('r', 'p') AND a.attname = 'seal'
   AND EXISTS (SELECT FROM pg_attribute AS hash
                WHERE hash.attrelid = c.oid AND hash.attname = 'row_hash')
 ORDER BY c.relname
\gexec

-- The seal of a row as an expression of SQL. `row_name` is what the query calls the row, `run` the
-- column with the run that wrote it. The seals of rows that are there hang on the columns and their
-- order, but not on settings: an upgrade that adds a column must make them again.
CREATE OR REPLACE FUNCTION fec.seal_expression(table_name text, row_name text,
                                               run text DEFAULT 'run_id')
RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT format('hashtextextended(ROW(%s)::text, 0)',
                  string_agg(format('%1$I.%2$I' || CASE WHEN atttypid = 'date'::regtype
                                                        THEN ' - DATE ''2000-01-01''' ELSE '' END,
                                    row_name,
                                    CASE attname WHEN 'run_id' THEN run ELSE attname END),
                             ', ' ORDER BY attnum))
      FROM fec.columns_of(table_name)
     WHERE attname <> 'seal'
$$;
COMMENT ON FUNCTION fec.seal_expression(text, text, text) IS
    'The seal of a row of a table, as an expression of SQL.';

CREATE TABLE IF NOT EXISTS fec.damage (
    table_name  text NOT NULL,
    cycle       smallint NOT NULL,
    key         text NOT NULL,
    found_at    timestamptz NOT NULL DEFAULT now(),
    row_hash    bigint NOT NULL,
    run_id      bigint NOT NULL,
    shown       jsonb NOT NULL,
    repaired_by bigint,
    PRIMARY KEY (table_name, cycle, key)
);
COMMENT ON TABLE fec.damage IS
    'Rows that pipeline.sh verify has found changed by hand. The next monthly run of the cycle '
    'repairs them from the FEC''s file.';
COMMENT ON COLUMN fec.damage.table_name IS 'the table in schema fec';
COMMENT ON COLUMN fec.damage.cycle IS 'the two-year period, by the even year that ends it';
COMMENT ON COLUMN fec.damage.key IS 'the row''s key, as text';
COMMENT ON COLUMN fec.damage.found_at IS 'when verify found it';
COMMENT ON COLUMN fec.damage.row_hash IS 'the row_hash that it had';
COMMENT ON COLUMN fec.damage.run_id IS 'the run_id that it had';
COMMENT ON COLUMN fec.damage.shown IS 'what the row showed';
COMMENT ON COLUMN fec.damage.repaired_by IS 'the run that repaired or removed it; NULL: not yet';
