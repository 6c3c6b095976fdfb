-- apart.sql - rows that were counted apart, and how the two sources were brought together. Nothing
-- if no run has such rows. Part of report.sql.

CREATE TEMPORARY TABLE fecpipe_apart ON COMMIT DROP AS
SELECT run_id, r.kind, r.started_at, sum(d.uncoded) AS uncoded, sum(d.other_codes) AS other_codes,
       sum(d.completed) AS completed, sum(d.unconfirmed) AS unconfirmed,
       sum(d.kept_unread) AS kept_unread
  FROM fec.run AS r JOIN fec.run_dataset AS d USING (run_id)
 WHERE r.cycle = :cycle
 GROUP BY run_id
HAVING sum(coalesce(d.uncoded, 0) + coalesce(d.other_codes, 0) + coalesce(d.completed, 0)
           + coalesce(d.unconfirmed, 0) + coalesce(d.kept_unread, 0)) > 0
 ORDER BY run_id DESC
 LIMIT 12;
SELECT count(*) > 0 AS any_apart FROM fecpipe_apart
\gset
\if :any_apart
\echo '<section aria-labelledby="apart"><h2 id="apart">Counted apart</h2>'
\echo '<table class="cards">'
SELECT pg_temp.table_head('Run', '#No code yet', '#Other files', '#Completed', '#Unconfirmed',
                          '#Kept unread');
\echo '<tbody>'
SELECT format('<tr><th scope="row">%s <span class="kind">%s, %s</span></th>%s%s%s%s%s</tr>',
              run_id, kind, pg_temp.day(started_at::date), pg_temp.figure('No code yet', uncoded),
              pg_temp.figure('Other files', other_codes), pg_temp.figure('Completed', completed),
              pg_temp.figure('Unconfirmed', unconfirmed),
              pg_temp.figure('Kept unread', kept_unread))
  FROM fecpipe_apart
 ORDER BY run_id DESC;
\echo '</tbody></table>'
\echo '<p class="note">No code yet: rows of the API without a transaction code. Other files: rows'
\echo 'of the API that belong to another bulk file. Completed: rows in which one source filled what'
\echo 'the other lacks. Unconfirmed: rows of the API that no bulk file has confirmed; they were'
\echo 'removed. Kept unread: rows that stay because a line with their key cannot be read.</p>'
\echo '</section>'
\endif
