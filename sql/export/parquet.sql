-- parquet.sql - what DuckDB's program must run to turn the CSV of a table (csv.sql) on its standard
-- input into a Parquet file. Takes table and file, an absolute path. Returns the command.
--
-- The types are named, since a ZIP code is no number and a column of NULLs still has its type.

SELECT format('COPY (SELECT * FROM read_csv(''/dev/stdin'', auto_detect=false, header=true,'
              ' delim='','', quote=''"'', escape=''"'', nullstr='''', columns={%s}))'
              ' TO ''%s'' (FORMAT parquet, COMPRESSION zstd);',
              string_agg(format('''%s'': ''%s''', attname,
                                CASE format_type(atttypid, atttypmod)
                                WHEN 'text' THEN 'VARCHAR'
                                ELSE upper(format_type(atttypid, atttypmod)) END),
                         ', ' ORDER BY attnum),
              replace(:'file', '''', ''''''))
  FROM pg_attribute
 WHERE attrelid = format('fec.%I', :'table')::regclass AND attnum > 0 AND NOT attisdropped
   AND attname NOT IN (SELECT own.attname FROM fec.columns_of(:'table') AS own
                        WHERE NOT visible);
