-- months.sql - rows that came, changed and went, by month. Part of report.sql.

-- What was applied counts, even if a daily run failed later: its counts go with each batch.
CREATE TEMPORARY TABLE fecpipe_months ON COMMIT DROP AS
SELECT place, month, coalesce(sum(inserted), 0) AS inserted, coalesce(sum(changed), 0) AS changed,
       coalesce(sum(withdrawn), 0) AS withdrawn, count(DISTINCT run_id) AS runs
  FROM (SELECT place, date_trunc('month', now()::timestamp) - (:months - place) * interval '1 month'
                   AS month
          FROM generate_series(1, :months) AS place) AS months
  LEFT JOIN (SELECT date_trunc('month', coalesce(r.finished_at, r.started_at)::timestamp) AS month,
                    d.*
               FROM fec.run AS r JOIN fec.run_dataset AS d USING (run_id)
              WHERE r.cycle = :cycle AND (d.status = 'applied' OR r.kind = 'daily')
            ) AS applied USING (month)
 GROUP BY place, month;

SELECT coalesce(sum(runs), 0) > 0 AS any_applied FROM fecpipe_months
\gset

\echo '<section aria-labelledby="months"><h2 id="months">New, changed and withdrawn</h2>'
SELECT format('<p class="note">Rows of all tables of the cycle in the last %s.</p>',
              CASE WHEN :months = 1 THEN 'month' ELSE pg_temp.counted(:months, 'month') END);
\if :any_applied
\echo '<div class="panels">'

-- Three small drawings, each with a scale of its own, because the FEC adds a hundred times more
-- than it corrects. A month far above the others, such as that of the first load, is cut short and
-- marked, so that the others can be seen.
WITH measures (number, name, class, columns) AS (
    SELECT 1, 'New', 'new', array_agg(inserted ORDER BY place) FROM fecpipe_months
    UNION ALL
    SELECT 2, 'Changed', 'changed', array_agg(changed ORDER BY place) FROM fecpipe_months
    UNION ALL
    SELECT 3, 'Withdrawn', 'withdrawn', array_agg(withdrawn ORDER BY place) FROM fecpipe_months
), sorted AS (
    SELECT *, (SELECT array_agg(v ORDER BY v DESC) FROM unnest(columns) AS v) AS values
      FROM measures
), scaled AS (
    SELECT *, values[1] AS highest, values[1] > 4 * values[2] AND values[2] > 0 AS towers,
           greatest(CASE WHEN values[1] > 4 * values[2] AND values[2] > 0 THEN values[2] * 1.4
                         ELSE values[1] END, 1) AS top
      FROM sorted
), bars AS (
    SELECT number, place, value, round((place - 1) * 100.0 / :months + 14.0 / :months, 2) AS x,
           round((place - 0.5) * 100.0 / :months, 2) AS middle,
           -- Everything above 0 can be seen.
           CASE WHEN value = 0 THEN 0
                ELSE greatest(round(least(value, top) * 100 / top, 1), 1.5) END AS height,
           value > top AS is_cut,
           value > 0 AND place = (SELECT min(p) FROM unnest(columns) WITH ORDINALITY AS u (v, p)
                                   WHERE v = highest)
           -- The last month's figure too, where it has room.
           OR value > 0 AND place = :months AND :months BETWEEN 3 AND 12
              AND coalesce(columns[:months - 1], 0) < value / 2 AS has_label
      FROM scaled CROSS JOIN LATERAL unnest(columns) WITH ORDINALITY AS c (value, place)
), named AS (
    -- A name at every bar, or, if there are many, at every second or third; a year where a new one
    -- begins, unless the next name begins another.
    SELECT place, to_char(month, 'Mon') AS name,
           CASE WHEN y IS DISTINCT FROM lag(y) OVER (ORDER BY place)
                 AND y = coalesce(lead(y) OVER (ORDER BY place), y) THEN y END AS year
      FROM fecpipe_months CROSS JOIN LATERAL (SELECT to_char(month, 'YYYY') AS y) AS years
     WHERE (:months - place) % ceil(:months / 12.0)::integer = 0
), drawn AS (
    SELECT number,
           string_agg(format('<rect x="%s%%" y="%s" width="%s%%" height="%s">'
                             '<title>%s: %s</title></rect>',
                             x, 150 - height, round(72.0 / :months, 2), height,
                             to_char(month, 'Mon YYYY'), pg_temp.digits(value))
               || CASE WHEN is_cut
                       THEN format('<line class="cut" x1="%s%%" x2="%s%%" y1="72" y2="64"/>',
                                   x - 8.0 / :months, x + 80.0 / :months) ELSE '' END
               || CASE WHEN has_label
                       THEN format('<text class="strong%s" x="%s%%" y="%s">%s</text>',
                                   CASE WHEN :months = 1 THEN '' WHEN place = 1 THEN ' start'
                                        WHEN place = :months THEN ' end' ELSE '' END,
                                   CASE WHEN :months = 1 THEN middle WHEN place = 1 THEN 0
                                        WHEN place = :months THEN 100 ELSE middle END,
                                   145 - height, pg_temp.brief(value)) ELSE '' END,
               E'\n' ORDER BY place) FILTER (WHERE value > 0) AS shapes,
           string_agg(format('<text%s y="166">%s</text>', spot, name)
               || CASE WHEN year IS NULL THEN ''
                       ELSE format('<text%s y="180">%s</text>', spot, year) END,
               E'\n' ORDER BY place) FILTER (WHERE name IS NOT NULL) AS names
      FROM bars JOIN fecpipe_months USING (place) LEFT JOIN named USING (place)
     -- Where bars are narrow, the outer names must stay inside the drawing.
     CROSS JOIN LATERAL (
           SELECT CASE WHEN :months > 12 AND place = 1 THEN ' class="start" x="0"'
                       WHEN :months > 12 AND place = :months THEN ' class="end" x="100%"'
                       ELSE format(' x="%s%%"', middle) END AS spot) AS spots
     GROUP BY number
)
SELECT format($$<figure>
<svg class="bars %1$s" role="img" aria-labelledby="%1$s-title %1$s-desc" width="100%%" height="186">
<title id="%1$s-title">%2$s rows by month</title>
<desc id="%1$s-desc">%3$s in all; most in one month: %4$s.%5$s</desc>
<text class="name" x="0" y="13">%2$s</text>
%6$s
<line class="zero" x1="0" x2="100%%" y1="150" y2="150"/>
%7$s
</svg></figure>$$,
              class, name, pg_temp.counted((SELECT sum(v) FROM unnest(columns) AS v), 'row'),
              pg_temp.digits(highest),
              CASE WHEN towers THEN ' That bar is cut short.' ELSE '' END,
              coalesce(shapes, '<text class="start" x="0" y="142">none</text>'), names)
  FROM scaled JOIN drawn USING (number)
 ORDER BY number;

SELECT '</div>'
    || CASE WHEN EXISTS (
                SELECT FROM (SELECT unnest(ARRAY[inserted, changed, withdrawn]) AS v,
                                    unnest(ARRAY[1, 2, 3]) AS number
                               FROM fecpipe_months) AS u
                 GROUP BY number
                HAVING max(v) > 4 * (array_agg(v ORDER BY v DESC))[2]
                   AND (array_agg(v ORDER BY v DESC))[2] > 0)
            THEN '<p class="note">A bar with a slanting cut is higher than drawn.</p>' ELSE '' END;

\echo '<details><summary>The same as a table</summary><div class="wide" tabindex="0"><table>'
SELECT pg_temp.table_head('Month', '#Runs', '#New', '#Changed', '#Withdrawn');
\echo '<tbody>'
SELECT format('<tr><th scope="row">%s</th>%s%s%s%s</tr>', to_char(month, 'Mon YYYY'),
              pg_temp.figure('Runs', runs), pg_temp.figure('New', inserted),
              pg_temp.figure('Changed', changed), pg_temp.figure('Withdrawn', withdrawn))
  FROM fecpipe_months
 ORDER BY place DESC;
\echo '</tbody></table></div></details>'
\else
\echo '<p class="empty">Nothing was applied in this time.</p>'
\endif
\echo '</section>'
