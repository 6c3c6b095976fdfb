-- days.sql - contributions by day, their number and their sum, with the runs below on the same
-- axis. Part of report.sql.
--
-- The drawing is as wide as the page: positions on the axis are percentages, and only the columns
-- lie in a box that is stretched. So its words have the same size on a phone.

SELECT :'last_day'::date - :'first_day'::date + 1 AS days, :all_rows > 0 AS any_rows
\gset

CREATE TEMPORARY TABLE fecpipe_days ON COMMIT DROP AS
SELECT :'first_day'::date + place AS day, place, coalesce(sum(rows), 0) AS rows,
       coalesce(sum(dollars), 0) AS dollars
  FROM generate_series(0, :days - 1) AS place
  LEFT JOIN fecpipe_receipts ON day = :'first_day'::date + place
 GROUP BY place;

-- Runs on the axis, one a day of each kind and result.
CREATE TEMPORARY TABLE fecpipe_run_marks ON COMMIT DROP AS
SELECT kind, status, started_at::date AS day,
       round((started_at::date - :'first_day'::date + 0.5) * 100 / :days, 2) AS x,
       string_agg(run_id::text, ', ' ORDER BY run_id) AS runs
  FROM fec.run
 WHERE cycle = :cycle AND status IN ('complete', 'failed')
   AND started_at::date BETWEEN :'first_day' AND :'last_day'
 GROUP BY kind, status, started_at::date;

SELECT count(*) AS later_runs FROM fec.run
 WHERE cycle = :cycle AND status IN ('complete', 'failed') AND started_at::date > :'last_day'
\gset
SELECT count(*) > 0 AS any_marks,
       count(*) FILTER (WHERE status = 'complete' AND kind = 'monthly') AS monthly_marks,
       count(*) FILTER (WHERE status = 'complete' AND kind = 'daily') AS daily_marks,
       count(*) FILTER (WHERE status = 'failed') AS failed_marks
  FROM fecpipe_run_marks
\gset

\echo '<section aria-labelledby="days"><h2 id="days">Contributions by day</h2>'

\if :any_rows
SELECT format('<p class="note">By day of receipt; dollars received from individuals less refunds.'
              '%s%s</p>',
    CASE WHEN undated > 0 THEN ' Not on the axis: ' || pg_temp.counted(undated, 'row')
         || ' without a date that is valid.' ELSE '' END,
    CASE WHEN outside > 0 THEN ' Dated before or after the two years: '
         || pg_temp.counted(outside, 'row') || '.' ELSE '' END)
  FROM (SELECT coalesce(sum(rows) FILTER (WHERE day IS NULL), 0) AS undated,
               coalesce(sum(rows) FILTER (WHERE day NOT BETWEEN :'first_day' AND :'last_day'), 0)
                   AS outside
          FROM fecpipe_receipts) AS r;

SELECT format($$<figure>
<svg class="days" role="img" aria-labelledby="days-title days-desc" width="100%%" height="390">
<title id="days-title">Contributions by day, %s to %s</title>
<desc id="days-desc">Most on one day: %s on %s. Largest sum of one day: %s on %s.
The table below has the figures by month.</desc>$$,
    pg_temp.day(:'first_day'), pg_temp.day(:'last_day'),
    pg_temp.counted(most.rows, 'contribution'), pg_temp.day(most.day),
    pg_temp.dollars(largest.dollars), pg_temp.day(largest.day))
  FROM (SELECT * FROM fecpipe_days ORDER BY rows DESC, day LIMIT 1) AS most,
       (SELECT * FROM fecpipe_days ORDER BY dollars DESC, day LIMIT 1) AS largest;

-- The days to come are shaded.
SELECT format('<rect class="future" x="%s%%" y="22" width="%s%%" height="326"/>',
              round((current_date - :'first_day'::date + 1) * 100.0 / :days, 2),
              round((:'last_day'::date - current_date) * 100.0 / :days, 2))
 WHERE current_date BETWEEN :'first_day'::date AND :'last_day'::date - 1;

-- Upright lines at the quarters, with the names of months and years below.
SELECT string_agg(format('<line class="%s" x1="%s%%" x2="%2$s%%" y1="22" y2="348"/>',
                         CASE WHEN month = 1 THEN 'year' ELSE 'quarter' END, x)
               || format('<text x="%s%%" dx="3" y="364">%s</text>', x, to_char(day, 'Mon'))
               || CASE WHEN month = 1
                       THEN format('<text class="strong" x="%s%%" dx="3" y="380">%s</text>', x,
                                   to_char(day, 'YYYY')) ELSE '' END,
               E'\n' ORDER BY day)
  FROM (SELECT day, extract(month FROM day) AS month, round(place * 100.0 / :days, 2) AS x
          FROM fecpipe_days
         WHERE extract(day FROM day) = 1 AND extract(month FROM day) IN (1, 4, 7, 10)) AS quarters;

-- The two rows of columns: what is counted, its array, and where the upper edge of its box lies.
WITH measures (place, name, unit, class, y, columns) AS (
    VALUES (1, 'Contributions a day', '', 'count', 22,
            (SELECT array_agg(rows ORDER BY day) FROM fecpipe_days)),
           (2, 'Dollars a day', '$', 'sum', 184,
            (SELECT array_agg(dollars ORDER BY day) FROM fecpipe_days))
), edges AS (
    SELECT measures.*, greatest((SELECT max(v) FROM unnest(columns) AS v), 0) AS highest,
           least((SELECT min(v) FROM unnest(columns) AS v), 0) AS bottom
      FROM measures
), boxes AS (
    SELECT edges.*, CASE WHEN highest = bottom THEN bottom + 1 ELSE highest END AS top
      FROM edges
)
SELECT format('<text class="strong" x="0" y="%s">%s</text>', y - 8, name)
    || format(E'\n<svg x="0" y="%s" width="100%%" height="120" viewBox="0 0 %s 1000" '
              'preserveAspectRatio="none"><path class="%s" d="%s"/></svg>\n',
              y, :days, class, pg_temp.outline(columns, top, bottom))
    || (SELECT string_agg(
                   format('<line class="%s" x1="0" x2="100%%" y1="%s" y2="%2$s"/>',
                          CASE WHEN value = 0 THEN 'zero' ELSE 'grid' END, level)
                   || CASE WHEN value = 0 THEN ''
                           ELSE format('<text class="scale" x="0" y="%s">%s%s%s</text>', level - 3,
                                       CASE WHEN value < 0 THEN '−' ELSE '' END, unit,
                                       pg_temp.brief(abs(value))) END, E'\n' ORDER BY value DESC)
          FROM (SELECT value, round(y + (top - value) * 120 / (top - bottom), 1) AS level
                  FROM (SELECT pg_temp.scale_step(top - bottom) AS step) AS s
                 CROSS JOIN LATERAL generate_series(ceil(bottom / step) * step, top, step)
                       AS value) AS levels)
  FROM boxes
 ORDER BY place;

-- The runs, in two rows: monthly above daily. One that failed is a ring.
SELECT CASE WHEN status = 'failed'
            THEN format('<circle class="failed" cx="%s%%" cy="%s" r="4">%s</circle>', x, y + 6,
                        title)
            ELSE format('<line class="%s" x1="%s%%" x2="%2$s%%" y1="%s" y2="%s">%s</line>',
                        kind, x, y, y + 12, title) END
  FROM (SELECT *, CASE kind WHEN 'monthly' THEN 316 ELSE 332 END AS y,
               format('<title>run %s, %s, %s, %s</title>', runs, kind, status, pg_temp.day(day))
                   AS title
          FROM fecpipe_run_marks) AS marks
 ORDER BY day, kind, status DESC;

SELECT '</svg><figcaption class="legend">'
    || CASE WHEN NOT :'any_marks' THEN '<span>No run fell on these days.</span>' ELSE '' END
    || CASE WHEN :monthly_marks > 0 THEN '<span class="key monthly">monthly run</span>' ELSE '' END
    || CASE WHEN :daily_marks > 0 THEN '<span class="key daily">daily run</span>' ELSE '' END
    || CASE WHEN :failed_marks > 0 THEN '<span class="key failed">failed</span>' ELSE '' END
    || CASE WHEN :later_runs > 0 THEN '<span>' || pg_temp.counted(:later_runs, 'run')
            || ' after the end of the axis</span>' ELSE '' END
    || CASE WHEN current_date BETWEEN :'first_day'::date AND :'last_day'::date - 1
            THEN '<span class="key future">days to come</span>' ELSE '' END
    || '</figcaption></figure>';

\echo '<details><summary>The same by month, as a table</summary><div class="wide" tabindex="0">'
\echo '<table>'
SELECT pg_temp.table_head('Month', '#Contributions', '#Dollars', '#Runs');
\echo '<tbody>'
SELECT format('<tr><th scope="row">%s</th>%s%s%s</tr>', to_char(month, 'Mon YYYY'),
              pg_temp.figure('Contributions', rows),
              pg_temp.cell('Dollars', pg_temp.dollars(dollars), 'number'),
              pg_temp.figure('Runs', runs))
  FROM (SELECT date_trunc('month', day::timestamp) AS month, sum(rows) AS rows,
               sum(dollars) AS dollars
          FROM fecpipe_days GROUP BY 1) AS months
 CROSS JOIN LATERAL (
        SELECT count(*) AS runs FROM fec.run
         WHERE cycle = :cycle AND status IN ('complete', 'failed')
           AND date_trunc('month', started_at::timestamp) = month) AS of_month
 ORDER BY month;
\echo '</tbody></table></div></details>'
\else
\echo '<p class="empty">No contributions of this cycle are in the database.</p>'
\endif
\echo '</section>'
