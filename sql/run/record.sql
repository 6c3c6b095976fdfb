-- record.sql - records what was counted when a file was read. Takes
--   run_id, dataset
--   status    staged or failed
--   fetched, parsed, deduped, loaded    the filters' statistics, key=value lines
--   seconds   how long it took
-- Returns no rows.

INSERT INTO fec.run_dataset AS d
       (run_id, dataset, status, url, etag, last_modified, length, bytes, rows_read, rejected,
        rejected_without_key, undated, repeated, conflicting, unchanged, known, passed, seconds)
SELECT :run_id, :'dataset', :'status', nullif(fetched ->> 'url', ''),
       nullif(fetched ->> 'etag', ''), nullif(fetched ->> 'last_modified', '')::timestamptz,
       nullif(fetched ->> 'length', '')::bigint,
       coalesce((fetched ->> 'bytes')::bigint, 0), coalesce((parsed ->> 'lines')::bigint, 0),
       coalesce((parsed ->> 'rejected')::bigint, 0),
       coalesce((parsed ->> 'rejected_without_key')::bigint, 0),
       coalesce((parsed ->> 'undated')::bigint, 0), coalesce((deduped ->> 'repeated')::bigint, 0),
       coalesce((deduped ->> 'conflicting')::bigint, 0),
       coalesce((deduped ->> 'unchanged')::bigint, 0), coalesce((deduped ->> 'known')::bigint, 0),
       coalesce((deduped ->> 'passed')::bigint, 0), :'seconds'
  FROM fec.stats(:'fetched') AS fetched, fec.stats(:'parsed') AS parsed,
       fec.stats(:'deduped') AS deduped
    ON CONFLICT (run_id, dataset) DO UPDATE
   SET status = excluded.status, url = excluded.url, etag = excluded.etag,
       last_modified = excluded.last_modified, length = excluded.length, bytes = excluded.bytes,
       rows_read = excluded.rows_read, rejected = excluded.rejected,
       rejected_without_key = excluded.rejected_without_key, undated = excluded.undated,
       repeated = excluded.repeated, conflicting = excluded.conflicting,
       unchanged = excluded.unchanged, known = excluded.known, passed = excluded.passed,
       seconds = excluded.seconds;
