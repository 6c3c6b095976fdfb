-- changes.sql - the rows of a dataset that a cycle's runs have added, changed and withdrawn since a
-- run or a time, as text that begins with the names of the columns. Changes nothing. Takes
--   cycle
--   dataset   as fec.dataset has it: indiv, cm, ...
--   since     the number of a run, or a time: what came after it. Empty: what the last complete run
--             of the cycle did, and one that failed after it
--   format    tsv, csv or jsonl
--
-- The first column, `change`, says what the line is:
--   new          the row was not there
--   before       what a changed row was; the next line says what it is
--   after        what it is
--   withdrawn    the FEC's file has the row no more; as it was
--   unconfirmed  only the API has ever had the row, and it left; as it was
-- The last one, `run_id`, says which run did that.
--
-- Only what is different in the end counts: a row that changed and changed back is not there. Nor
-- is one in which one source merely filled in what the other lacks: the FEC has not changed it.

SET client_encoding = 'UTF8';
SET DateStyle = 'ISO';
\ir since.sql

SELECT fec.refuse_if(NOT EXISTS (SELECT FROM fec.dataset
                                  WHERE dataset = :'dataset' AND kind = 'bulk'),
           format('there is no dataset %L; there are %s', :'dataset',
                  (SELECT string_agg(dataset, ', ' ORDER BY position)
                     FROM fec.dataset WHERE kind = 'bulk')), 'ZF064')
\g (format=unaligned tuples_only=on) /dev/null

\ir query.sql

SELECT :'format' = 'csv' AS is_csv, :'format' = 'jsonl' AS is_jsonl
\gset
\if :is_csv
    COPY (:query) TO STDOUT WITH (FORMAT csv, HEADER);
\elif :is_jsonl
    -- JSON escapes control characters, so these two never come and nothing is escaped twice.
    COPY (SELECT row_to_json(line) FROM (:query) AS line)
      TO STDOUT WITH (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02');
\else
    \echo :header
    COPY (:query) TO STDOUT;
\endif
