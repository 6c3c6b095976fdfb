-- waiting.sql - what runs began and did not read to the end. Part of report.sql.

SELECT count(*) AS states, count(*) FILTER (WHERE NOT complete) AS waiting,
       count(*) FILTER (WHERE NOT complete) > 0 AS any_waiting,
       min(updated_at) FILTER (WHERE NOT complete) AS waiting_since
  FROM fec.extraction_state
 WHERE cycle = :cycle
\gset
SELECT count(*) > 0 AS any_sweeps FROM fec.sweep
 WHERE cycle = :cycle AND NOT complete AND finished_at IS NULL
\gset
\echo '<section aria-labelledby="waiting"><h2 id="waiting">Not read to the end</h2>'
\if :any_waiting
SELECT format('<p>%s of %s %s not read to the end, the oldest since %s.</p>',
              pg_temp.counted(:waiting, 'committee'), pg_temp.digits(:states),
              CASE WHEN :waiting = 1 THEN 'is' ELSE 'are' END, pg_temp.moment(:'waiting_since'));
\echo '<table class="cards">'
SELECT pg_temp.table_head('Committee', 'Read until', '#Rows', 'Since', '#Run');
\echo '<tbody>'
SELECT format('<tr><th scope="row">%s</th>%s%s%s%s</tr>',
              CASE WHEN c.name IS NULL THEN pg_temp.words(s.committee_id)
                   ELSE pg_temp.words(c.name) || ' <span class="kind">'
                        || pg_temp.html(s.committee_id) || '</span>' END,
              pg_temp.cell('Read until', pg_temp.day(s.last_contribution_date)),
              pg_temp.figure('Rows', s.contribution_count),
              pg_temp.cell('Since', pg_temp.moment(s.updated_at)),
              pg_temp.cell('Run', s.run_id::text, 'number'))
  FROM (SELECT * FROM fec.extraction_state
         WHERE cycle = :cycle AND NOT complete
         ORDER BY updated_at, committee_id LIMIT 20) AS s
  LEFT JOIN fec.committee AS c ON c.committee_id = s.committee_id AND c.cycle = :cycle
 ORDER BY s.updated_at, s.committee_id;
\echo '</tbody></table>'
SELECT '<p class="note">These are the oldest 20.</p>' WHERE :waiting > 20;
\else
SELECT CASE WHEN :states = 0 THEN '<p class="empty">No committee has been read yet.</p>'
            ELSE format('<p class="empty">Nothing: all %s are read to the end.</p>',
                        pg_temp.counted(:states, 'committee')) END;
\endif
\if :any_sweeps
\echo '<h3>Sweeps of the API that will be resumed</h3>'
\echo '<table class="cards">'
SELECT pg_temp.table_head('Sweep', 'Began', 'Reads since', '#Calls', '#Rows', '#Calls to come');
\echo '<tbody>'
SELECT format('<tr><th scope="row">%s <span class="kind">%s by %s</span></th>%s%s%s%s%s</tr>',
              sweep_id, pg_temp.html(dataset), pg_temp.html(strategy),
              pg_temp.cell('Began', pg_temp.moment(started_at)),
              pg_temp.cell('Reads since', pg_temp.day(since)), pg_temp.figure('Calls', calls),
              pg_temp.figure('Rows', rows_read), pg_temp.figure('Calls to come', expected_calls))
  FROM fec.sweep
 WHERE cycle = :cycle AND NOT complete AND finished_at IS NULL
 ORDER BY sweep_id;
\echo '</tbody></table>'
\endif
\echo '</section>'
