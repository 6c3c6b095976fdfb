-- open.sql - begins an export: all files are of one moment, whatever is applied meanwhile. Takes
-- cycles and datasets, lists with blanks between; no datasets means all. Leaves a transaction open.
-- Returns, of each dataset's table that has rows of a cycle: table, cycle; of those that were named
-- and have none: table, cycle, f.

SET client_encoding = 'UTF8';
SET DateStyle = 'ISO';
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;

SELECT fec.refuse_if(count(*) > 0,
           format('there is no dataset %L; there are %s', min(name),
                  (SELECT string_agg(dataset, ', ' ORDER BY position)
                     FROM fec.dataset WHERE kind = 'bulk')), 'ZF064')
  FROM unnest(string_to_array(:'datasets', ' ')) AS name
 WHERE name NOT IN (SELECT dataset FROM fec.dataset WHERE kind = 'bulk')
\g (format=unaligned tuples_only=on) /dev/null

SELECT table_name, cycle, CASE WHEN NOT has_rows THEN 'f' END
  FROM fec.dataset
 CROSS JOIN unnest(string_to_array(:'cycles', ' ')::integer[]) WITH ORDINALITY AS c (cycle, place)
 CROSS JOIN LATERAL fec.has_rows(table_name, cycle) AS has_rows
 WHERE kind = 'bulk' AND (dataset = ANY (string_to_array(:'datasets', ' ')) OR :'datasets' = '')
   AND (has_rows OR :'datasets' <> '')
 ORDER BY place, position;
