-- file.sql - what a monthly run is to do with a file of the FEC's, before it reads it. Takes
--   run_id, dataset
--   info    what the server says of the file: key=value lines with url, etag, last_modified, length
--   always  true to read also a file that is as it was
-- Returns one row: skip or read; t if the table has rows of the cycle, else f; how many more rows
-- it has than the runs have left in it, if they have counted; and how many of them verify has found
-- damaged. A file that is skipped is recorded.
--
-- A file is skipped if the last good run read the same one and its rows are still there. Rows that
-- somebody has deleted, or that an old dump did not have, are seen by their number, and the file is
-- read again; so it is if verify has found rows damaged. A file that is older than the last one is
-- refused without force: a stale copy would take rows away that the FEC still has.

SELECT run.cycle, dataset.table_name AS "table"
  FROM fec.run, fec.dataset
 WHERE run_id = :run_id AND dataset = :'dataset'
\gset
SELECT count(*) > 0 AS has_rows,
       coalesce(count(*) - fec.rows_left(:'table', :cycle), 0) AS surplus,
       (SELECT count(*) FROM fec.damage
         WHERE table_name = :'table' AND damage.cycle = :cycle AND repaired_by IS NULL) AS damaged
  FROM fec.:"table"
 WHERE cycle = :cycle
\gset
SELECT coalesce(file ->> 'etag', '') AS etag,
       coalesce(file ->> 'last_modified', '') AS last_modified,
       coalesce(file ->> 'length', '') AS length, coalesce(file ->> 'url', '') AS url
  FROM fec.stats(:'info') AS file
\gset file_

-- The last file that was applied.
SELECT coalesce(bool_and(
           (:'file_etag' || :'file_last_modified') <> ''
           AND coalesce(etag, '') = :'file_etag'
           AND d.last_modified IS NOT DISTINCT FROM nullif(:'file_last_modified', '')::timestamptz
           AND d.length IS NOT DISTINCT FROM nullif(:'file_length', '')::bigint
           AND (:'has_rows' OR d.inserted + d.changed + d.unchanged = 0)
           AND :surplus = 0 AND :damaged = 0), false) AS is_known
  FROM (SELECT d.*
          FROM fec.run AS r JOIN fec.run_dataset AS d USING (run_id)
         WHERE r.kind = 'monthly' AND r.cycle = :cycle AND r.status = 'complete'
           AND d.dataset = :'dataset' AND d.status = 'applied'
         ORDER BY run_id DESC
         LIMIT 1) AS d
\gset

\set last_modified :file_last_modified
\ir ../apply/check-age.sql
SELECT :'is_known' AND NOT :'always' AS skipped
\gset
\if :skipped
    INSERT INTO fec.run_dataset (run_id, dataset, status, url, etag, last_modified, length)
    VALUES (:run_id, :'dataset', 'skipped', nullif(:'file_url', ''), nullif(:'file_etag', ''),
            nullif(:'file_last_modified', '')::timestamptz, nullif(:'file_length', '')::bigint);
\endif
SELECT CASE WHEN :'skipped' THEN 'skip' ELSE 'read' END, :'has_rows', :surplus, :damaged;
