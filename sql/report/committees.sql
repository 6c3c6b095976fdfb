-- committees.sql - the committees with the largest sums of contributions. Part of report.sql.

\echo '<section aria-labelledby="committees"><h2 id="committees">Largest committees</h2>'
\if :any_rows
\echo '<p class="note">By the sum of itemized contributions, without memo rows.</p>'
\echo '<table class="cards">'
SELECT pg_temp.table_head('Committee', '#Contributions', '#Memo rows', '#Sum');
\echo '<tbody>'
WITH sums AS (
    SELECT committee_id, coalesce(sum(rows) FILTER (WHERE NOT memo), 0) AS rows,
           coalesce(sum(rows) FILTER (WHERE memo), 0) AS memo_rows,
           coalesce(sum(dollars) FILTER (WHERE NOT memo), 0) AS dollars
      FROM fecpipe_receipts
     GROUP BY committee_id
     ORDER BY dollars DESC, committee_id
     LIMIT 15
)
SELECT format('<tr><th scope="row">%s%s</th>%s%s%s</tr>',
              CASE WHEN s.committee_id IS NULL THEN 'No committee named'
                   WHEN c.name IS NULL THEN pg_temp.words(s.committee_id)
                   ELSE pg_temp.words(c.name) || ' <span class="kind">'
                        || pg_temp.html(s.committee_id) || '</span>' END,
              -- A bar as long as the sum; the number beside it says the same.
              CASE WHEN dollars > 0
                   THEN format('<svg class="share" aria-hidden="true" width="100%%" height="4">'
                               '<rect width="%s%%" height="4"/></svg>',
                               greatest(round(dollars * 100 / max(dollars) OVER (), 2), 0.2))
                   ELSE '' END,
              pg_temp.figure('Contributions', s.rows), pg_temp.figure('Memo rows', s.memo_rows),
              pg_temp.cell('Sum', pg_temp.dollars(dollars), 'number'))
  FROM sums AS s
  LEFT JOIN fec.committee AS c ON c.committee_id = s.committee_id AND c.cycle = :cycle
 ORDER BY dollars DESC, s.committee_id;
\echo '</tbody></table>'
\else
\echo '<p class="empty">No contributions of this cycle are in the database.</p>'
\endif
\echo '</section>'
