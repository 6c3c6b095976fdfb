-- watched.sql - rows of the cycle that the watch list names, of the months shown, the latest runs
-- first; 200 at most. Nothing if there are none. Part of report.sql.

SELECT EXISTS (SELECT FROM fec.watch_match JOIN fec.run USING (run_id)
                WHERE cycle = :cycle
                  AND started_at >= date_trunc('month', now())
                                    - (:months - 1) * interval '1 month') AS any_watched
\gset
\if :any_watched
\echo '<section aria-labelledby="watched"><h2 id="watched">On the watch list</h2>'
\echo '<table class="cards">'
SELECT pg_temp.table_head('Name', 'What', 'Committee', 'Date', '#Dollars', 'Matched', 'Run');
\echo '<tbody>'
SELECT format('<tr><th scope="row">%s</th>%s%s%s%s%s%s</tr>',
              coalesce(pg_temp.words(name), '–'), pg_temp.cell('What', change),
              pg_temp.cell('Committee', coalesce(pg_temp.html(committee_id), '–')),
              pg_temp.cell('Date', coalesce(pg_temp.day(day), '–')),
              pg_temp.cell('Dollars', coalesce(pg_temp.dollars(amount), '–'), 'number'),
              pg_temp.cell('Matched', pg_temp.words(matched)),
              pg_temp.cell('Run', format('%s <span class="kind">%s</span>', run_id,
                                         pg_temp.html(dataset))))
  FROM fec.watch_match JOIN fec.run USING (run_id)
 WHERE cycle = :cycle
   AND started_at >= date_trunc('month', now()) - (:months - 1) * interval '1 month'
 ORDER BY run_id DESC, dataset, row_key,
          array_position('{new,before,after,withdrawn,unconfirmed}', change)
 LIMIT 200;
\echo '</tbody></table>'
\echo '<p class="note">Rows that a run has added, changed or withdrawn and that FEC_WATCH names. Of'
\echo 'a changed row there are two lines, before and after. All are in fec.watch_match.</p>'
\echo '</section>'
\endif
