-- runs.sql - the last runs, of all cycles. Part of report.sql.

SELECT count(*) > 0 AS any_runs FROM fec.run
\gset
\echo '<section aria-labelledby="runs"><h2 id="runs">Last runs</h2>'
\if :any_runs
\echo '<table class="cards">'
SELECT pg_temp.table_head('Run', 'Result', 'Began', '#Took', '#New', '#Changed', '#Withdrawn',
                          '#Unchanged', '#Rejected');
SELECT format('<tbody><tr><th scope="row">%s <span class="kind">%s %s</span></th>'
              '%s%s%s%s%s%s%s%s</tr>',
              run_id, kind, cycle,
              pg_temp.cell('Result', pg_temp.badge(status)),
              pg_temp.cell('Began', pg_temp.moment(started_at)),
              pg_temp.cell('Took', pg_temp.took(finished_at - started_at), 'number'),
              pg_temp.figure('New', inserted), pg_temp.figure('Changed', changed),
              pg_temp.figure('Withdrawn', withdrawn), pg_temp.figure('Unchanged', unchanged),
              pg_temp.figure('Rejected', rejected))
    || CASE WHEN status IN ('failed', 'dead')
            THEN format(E'\n<tr class="reason"><td colspan="9">Run %s failed: %s</td></tr>', run_id,
                        pg_temp.words(coalesce(reason, 'it is not known why')))
            ELSE '' END
    || '</tbody>'
  FROM (SELECT * FROM fecpipe_runs ORDER BY run_id DESC LIMIT 15) AS runs
 CROSS JOIN LATERAL (
        SELECT sum(inserted) AS inserted, sum(changed) AS changed, sum(withdrawn) AS withdrawn,
               sum(unchanged) AS unchanged, sum(rejected) AS rejected
          FROM fec.run_dataset AS d WHERE d.run_id = runs.run_id) AS counts
 ORDER BY run_id DESC;
\echo '</table>'
SELECT format('<p class="note">There were %s in all; these are the last 15.</p>',
              pg_temp.counted(count(*), 'run'))
  FROM fec.run
HAVING count(*) > 15;
\else
\echo '<p class="empty">There was no run yet.</p>'
\endif
\echo '</section>'
