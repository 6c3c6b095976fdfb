-- freshness.sql - makes the temporary view fecpipe_freshness: for each kind of run and each
-- cycle how its last run went and when one last went well. Dry runs and those that are going on
-- count for nothing, nor do those for some committees only: somebody has had a look.
--
-- What is fresh: the last good daily run is not older than a day and a half, the last good monthly
-- run not older than 32 days; so one that did not take place on its day shows, and one that took
-- its time does not.

CREATE TEMPORARY VIEW fecpipe_freshness AS
WITH whole_run AS (
    SELECT * FROM fec.run WHERE coalesce(options, '') !~ '--committee[ =]'
), last_run AS (
    SELECT DISTINCT ON (kind, cycle) *
      FROM whole_run
     WHERE status IN ('complete', 'failed')
     ORDER BY kind, cycle, run_id DESC
), success AS (
    SELECT kind, cycle, max(finished_at) AS last_success
      FROM whole_run
     WHERE status = 'complete'
     GROUP BY kind, cycle
)
SELECT kind, cycle, run_id, status, reason, started_at, finished_at, last_success,
       round(extract(epoch FROM finished_at - started_at)::numeric, 1) AS seconds,
       CASE WHEN last_success < now() - CASE kind WHEN 'daily' THEN interval '36 hours'
                                                  ELSE interval '32 days' END THEN 'stale'
            WHEN status = 'failed' THEN 'failed'
            ELSE 'fresh'
       END AS state
  FROM last_run LEFT JOIN success USING (kind, cycle);
