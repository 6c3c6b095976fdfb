-- dictionary.sql - docs/data-dictionary.md, made from the comments in the database: `make
-- dictionary` writes it, tests/sql/dictionary.t compares it with the schema. Takes no variables.

\pset format unaligned
\pset tuples_only on
\pset recordsep '\n'
\pset fieldsep ''

\echo '# Data dictionary'
\echo
\echo 'Tables and views of the schema `fec`, with the comments that they have in the database.'
\echo '`make dictionary` writes this page. A comment begins with the name in the FEC''s file where'
\echo 'that differs. Each data table `NAME` has a history `NAME_history` with the same columns, and'
\echo 'with `change`, `replaced_at` and the run that replaced the row. The functions'
\echo '`NAME_as_of(cycle, run)` and `NAME_as_of(cycle, time)` give its rows as they were.'

WITH relations AS (
    SELECT oid, relname, relkind = 'v' AS is_view, obj_description(oid, 'pg_class') AS comment,
           EXISTS (SELECT FROM pg_description
                    WHERE classoid = 'pg_class'::regclass AND objoid = oid AND objsubid > 0)
               AS has_columns
      FROM pg_class
     WHERE relnamespace = 'fec'::regnamespace AND relkind IN ('r', 'p', 'v')
       AND NOT relispartition AND relname !~ '_history$'
), lines AS (
    SELECT relname, 0 AS position,
           concat(E'\n## ', relname, E'\n\n', CASE WHEN is_view THEN 'View. ' END, comment,
                  CASE WHEN has_columns
                       THEN E'\n\n| column | type | what it is |\n|---|---|---|' END)
               AS line
      FROM relations
    UNION ALL
    SELECT relname, attnum,
           format('| %s | %s | %s |', attname, format_type(atttypid, atttypmod),
                  replace(coalesce(col_description(attrelid, attnum), ''), '|', '\|'))
      FROM relations JOIN pg_attribute ON attrelid = oid
     WHERE has_columns AND attnum > 0 AND NOT attisdropped
)
SELECT line FROM lines ORDER BY relname COLLATE "C", position;

\echo
\echo '## Which source decides'
\echo
\echo 'The API and a bulk file both give contributions, committees and candidates. `as_is`: the API'
\echo 'gives the column as the FEC has it, so its NULL is a value. `lacks`: the API does not always'
\echo 'give it, so its NULL says nothing. The bulk file cuts texts after `characters`.'
\echo
\echo '| table | column | the API | characters |'
\echo '|---|---|---|---|'
SELECT format('| %s | %s | %s | %s |', table_name, column_name, of_api, characters)
  FROM fec.merge_rule;
