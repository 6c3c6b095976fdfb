-- withdrawn.sql - what became of contributions that were withdrawn, by month. Nothing if the months
-- shown have none. Part of report.sql.

SELECT EXISTS (SELECT FROM fec.contribution_history
                WHERE cycle = :cycle AND change = 'withdrawn'
                  AND replaced_at >= date_trunc('month', now())
                                     - (:months - 1) * interval '1 month') AS any_withdrawn
\gset
\if :any_withdrawn
\echo '<section aria-labelledby="withdrawn"><h2 id="withdrawn">What became of withdrawn'
\echo 'contributions</h2>'
\echo '<table class="cards">'
SELECT pg_temp.table_head('Month', '#Withdrawn', '#Renumbered', '#Altered', '#Gone',
                          '#Dollars gone');
\echo '<tbody>'
SELECT format('<tr><th scope="row">%s</th>%s%s%s%s%s</tr>', to_char(month, 'Mon YYYY'),
              pg_temp.figure('Withdrawn', withdrawn), pg_temp.figure('Renumbered', renumbered),
              pg_temp.figure('Altered', altered), pg_temp.figure('Gone', gone),
              pg_temp.cell('Dollars gone', pg_temp.dollars(dollars_gone), 'number'))
  FROM (SELECT date_trunc('month', withdrawn_at::timestamp) AS month, count(*) AS withdrawn,
               count(*) FILTER (WHERE became = 'renumbered') AS renumbered,
               count(*) FILTER (WHERE became = 'altered') AS altered,
               count(*) FILTER (WHERE became IN ('gone', 'untraceable')) AS gone,
               coalesce(sum(amount) FILTER (WHERE became IN ('gone', 'untraceable')), 0)
                   AS dollars_gone
          FROM fec.contribution_withdrawn
         WHERE cycle = :cycle AND withdrawn_at >= date_trunc('month', now())
                                                  - (:months - 1) * interval '1 month'
         GROUP BY 1) AS fates
 ORDER BY month DESC;
\echo '</tbody></table>'
\echo '<p class="note">When a report is amended its rows come again under new numbers: renumbered'
\echo 'if all else is the same, altered if not. Gone: no such row has come, or it has no'
\echo 'transaction number by which it could be found.</p>'
\echo '</section>'
\endif
