-- freshness.sql - makes the temporary view fecpipe_freshness: for each kind of run and each cycle
-- how its last run went and when one last went well. Needs the view of runs.sql, and takes
--   followed    the cycles that are read on, with commas or blanks between them
-- Dry runs and those that are still running do not count, nor do runs for some committees only:
-- somebody just had a look.
--
-- A kind is
--   failed    the last run failed, or was killed
--   stale     the last good daily run is older than a day and a half, or the last good monthly run
--             older than 32 days: so a run that did not take place on its day shows, and one that
--             took its time does not
--   over      nobody reads the cycle any more, so nothing grows stale
--   fresh     otherwise
--
-- A clock that was ahead once must not make a cycle fresh for years: the last good run is the one
-- with the highest number, and a date after now counts as now.

CREATE TEMPORARY VIEW fecpipe_freshness AS
WITH whole_run AS (
    SELECT * FROM fecpipe_runs WHERE coalesce(options, '') !~ '--committee[ =]'
), last_run AS (
    SELECT DISTINCT ON (kind, cycle) *
      FROM whole_run
     WHERE status IN ('complete', 'failed', 'dead')
     ORDER BY kind, cycle, run_id DESC
), success AS (
    SELECT DISTINCT ON (kind, cycle) kind, cycle, least(finished_at, now()) AS last_success
      FROM whole_run
     WHERE status = 'complete'
     ORDER BY kind, cycle, run_id DESC
)
SELECT kind, cycle, run_id, status, reason, started_at, finished_at, last_success, is_followed,
       round(extract(epoch FROM finished_at - started_at)::numeric, 1) AS seconds,
       CASE WHEN is_followed
             AND last_success < now() - CASE kind WHEN 'daily' THEN interval '36 hours'
                                                  ELSE interval '32 days' END THEN 'stale'
            WHEN status IN ('failed', 'dead') THEN 'failed'
            WHEN NOT is_followed THEN 'over'
            ELSE 'fresh'
       END AS state
  FROM last_run LEFT JOIN success USING (kind, cycle)
 CROSS JOIN LATERAL (
        SELECT cycle::text = ANY (regexp_split_to_array(:'followed', '[, ]+')) AS is_followed) AS f;
