-- csv.sql - writes a cycle's rows of a table to a file as CSV, with the names of the columns on
-- top. NULL is nothing between two commas. Takes table, cycle and file, an absolute path. Returns
-- the number of rows.

SELECT string_agg(format('%I', attname), ', ' ORDER BY attnum) AS columns
  FROM pg_attribute
 WHERE attrelid = format('fec.%I', :'table')::regclass AND attnum > 0 AND NOT attisdropped
   AND attname NOT IN (SELECT own.attname FROM fec.columns_of(:'table') AS own
                        WHERE NOT visible)
\gset
COPY (SELECT :columns FROM fec.:"table" WHERE cycle = :cycle) TO STDOUT WITH (FORMAT csv, HEADER)
\g :file
\echo :ROW_COUNT
