-- committees.sql - the committees that received most from individuals. Part of report.sql.

\echo '<section aria-labelledby="committees"><h2 id="committees">Largest committees</h2>'
\if :any_rows
\echo '<p class="note">By what they received from individuals. Net: received less refunded. What'
\echo 'passes through a conduit, candidates&#8217; own money, accounts of parties and memos do not'
\echo 'count.</p>'
\echo '<table class="cards">'
SELECT pg_temp.table_head('Committee', '#Contributions', '#Received', '#Refunded', '#Net');
\echo '<tbody>'
WITH sums AS (
    SELECT committee_id,
           coalesce(sum(rows) FILTER (WHERE counts_as = 'received'), 0) AS rows,
           coalesce(sum(amount) FILTER (WHERE counts_as = 'received'), 0) AS received,
           coalesce(sum(amount) FILTER (WHERE counts_as = 'refunded'), 0) AS refunded,
           coalesce(sum(dollars), 0) AS net
      FROM fecpipe_receipts
     GROUP BY committee_id
     ORDER BY received DESC, committee_id
     LIMIT 15
)
SELECT format('<tr><th scope="row">%s%s</th>%s%s%s%s</tr>',
              CASE WHEN s.committee_id IS NULL THEN 'No committee named'
                   WHEN c.name IS NULL THEN pg_temp.words(s.committee_id)
                   ELSE pg_temp.words(c.name) || ' <span class="kind">'
                        || pg_temp.html(s.committee_id) || '</span>' END,
              -- A bar as long as the sum; the number beside it says the same.
              CASE WHEN received > 0
                   THEN format('<svg class="share" aria-hidden="true" width="100%%" height="4">'
                               '<rect width="%s%%" height="4"/></svg>',
                               greatest(round(received * 100 / max(received) OVER (), 2), 0.2))
                   ELSE '' END,
              pg_temp.figure('Contributions', s.rows),
              pg_temp.cell('Received', pg_temp.dollars(received), 'number'),
              pg_temp.cell('Refunded', pg_temp.dollars(refunded), 'number'),
              pg_temp.cell('Net', pg_temp.dollars(net), 'number'))
  FROM sums AS s
  LEFT JOIN fec.committee AS c ON c.committee_id = s.committee_id AND c.cycle = :cycle
 ORDER BY received DESC, s.committee_id;
\echo '</tbody></table>'
\else
\echo '<p class="empty">No contributions of this cycle are in the database.</p>'
\endif
\echo '</section>'
