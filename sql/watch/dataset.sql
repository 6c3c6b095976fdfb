-- dataset.sql - keeps in fec.watch_match which of a dataset's rows that a run has added, changed or
-- withdrawn are on the watch list; of a changed row both versions, if either is on it. Takes
-- run_id, dataset, and list: lines of kind, a tab and value, as driver/watch.sh checks them.
-- Returns nothing.
--
-- committee   the row's committee_id, or other_id, the committee at the other end
-- name        any part of a name in the row, in capitals or not
-- amount      at least this amount, or at most its negative
--
-- Of each dataset 10,000 lines are kept at most.

SELECT cycle, run_id - 1 AS since_run_id FROM fec.run WHERE run_id = :run_id
\gset
\ir ../changes/query.sql

\o /dev/null
BEGIN;
CREATE TEMPORARY TABLE fecpipe_lines ON COMMIT DROP AS
SELECT place, change, version ->> :'key' AS key,
       version ->> 'committee_id' AS committee_id, version ->> 'other_id' AS other_id,
       concat_ws(E'\n', version ->> 'contributor_name', version ->> 'recipient_name',
                 version ->> 'payee_name', version ->> 'candidate_name',
                 version ->> 'committee_name', version ->> 'name') AS names,
       coalesce(version ->> 'contribution_receipt_date', version ->> 'disbursement_date',
                version ->> 'expenditure_date', version ->> 'transaction_date')::date AS day,
       coalesce(version ->> 'contribution_receipt_amount', version ->> 'disbursement_amount',
                version ->> 'expenditure_amount', version ->> 'transaction_amount')::numeric
           AS amount
  FROM (SELECT row_number() OVER () AS place, line.change, to_jsonb(line) AS version
          FROM (:query) AS line) AS lines;

INSERT INTO fec.watch_match (run_id, dataset, change, row_key, matched, committee_id, name, day,
                             amount)
SELECT :run_id, :'dataset', change, key, matched, committee_id,
       nullif(split_part(names, E'\n', 1), ''), day, amount
  FROM fecpipe_lines
  JOIN (SELECT key, string_agg(DISTINCT kind || ' ' || value, '; ') AS matched
          FROM fecpipe_lines
          JOIN (SELECT split_part(entry, E'\t', 1) AS kind, split_part(entry, E'\t', 2) AS value
                  FROM regexp_split_to_table(rtrim(:'list', E'\n'), E'\n') AS entry) AS entries
            ON CASE kind WHEN 'committee' THEN value IN (committee_id, other_id)
                         WHEN 'name' THEN position(upper(value) IN upper(names)) > 0
                         WHEN 'amount' THEN abs(amount) >= value::numeric END
         GROUP BY key) AS found USING (key)
 ORDER BY place
 LIMIT 10000;
COMMIT;
\o
