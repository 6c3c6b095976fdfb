-- head.sql - the head of the page: what the state is, in a line and in a few figures. Part
-- of report.sql.

SELECT coalesce(min(CASE state WHEN 'failed' THEN 'a failed' WHEN 'stale' THEN 'b late'
                               WHEN 'over' THEN 'd idle' ELSE 'c good' END), 'e idle') AS state,
       coalesce(string_agg(
           CASE state WHEN 'failed' THEN format('The last %s run %s', kind,
                                                CASE status WHEN 'dead' THEN 'was killed'
                                                            ELSE 'failed' END)
                      ELSE format('The last good %s run was %s ago%s', kind,
                                  pg_temp.roughly(now() - last_success),
                                  CASE WHEN status IN ('failed', 'dead')
                                       THEN '; the last one failed' ELSE '' END) END,
           '. ' ORDER BY kind DESC) FILTER (WHERE state <> 'fresh'), '') AS trouble
  FROM fecpipe_freshness
 WHERE cycle = :cycle
\gset
SELECT count(*) > 0 AS is_running FROM fecpipe_runs WHERE cycle = :cycle AND status = 'running'
\gset

SELECT CASE left(:'state', 1)
           WHEN 'a' THEN 'A run has failed' WHEN 'b' THEN 'Out of date'
           WHEN 'c' THEN 'Up to date' WHEN 'd' THEN 'No longer followed'
           ELSE CASE WHEN :'is_running' THEN 'The first run is active'
                     ELSE 'Nothing was loaded yet' END
           END AS headline,
       CASE left(:'state', 1)
           WHEN 'e' THEN 'This cycle has not been read yet; <code>pipeline.sh monthly --cycle '
                         || :cycle || '</code> reads it.'
           WHEN 'c' THEN 'Every kind of run of this cycle went well, and recently.'
           ELSE pg_temp.html(:'trouble') || '.' END
       || CASE WHEN :'is_running' THEN ' A run is active.' ELSE '' END AS explanation
\gset

SELECT format($$<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="fecpipe %s">
<link rel="icon" href="data:,">
<title>%s: federal contributions %s–%s</title>
<style>
%s
</style>
</head>
<body>
<header>
<p class="kicker">Contributions to federal committees, cycle <span class="whole">%s–%s</span></p>
<h1 class="%s">%s</h1>
<p class="lead">%s</p>
<p class="aside">As of %s. All times are %s.</p>
</header>
<main>$$,
    pg_temp.html(:'version'), :'headline', :cycle - 1, :cycle, :'css', :cycle - 1, :cycle,
    substr(:'state', 3), :'headline', :'explanation', pg_temp.moment(now()), pg_temp.html(:'zone'));

-- The figures. Each has a name, a value, and a line of small print.
WITH freshness AS (
    SELECT * FROM fecpipe_freshness WHERE cycle = :cycle
), kinds (place, kind, next, next_text) AS (
    VALUES (3, 'monthly', :'next_monthly', :'next_monthly_text'),
           (4, 'daily', :'next_daily', :'next_daily_text')
), figures (place, class, name, value, small) AS (
    SELECT 1, '', 'Contributions', pg_temp.digits(:all_rows),
           format('to %s', pg_temp.counted(:committees, 'committee'))
    UNION ALL
    SELECT 2, '', 'From individuals', '$' || pg_temp.brief(round(:'all_dollars'::numeric)),
           pg_temp.dollars(:all_dollars)
           || CASE WHEN :all_rows > 0 THEN ' less refunds' ELSE '' END
    UNION ALL
    SELECT place, coalesce(CASE state WHEN 'failed' THEN 'bad' WHEN 'stale' THEN 'late' END, ''),
           format('Last good %s run', kind),
           coalesce(pg_temp.roughly(now() - last_success) || ' ago', 'None yet'),
           concat_ws('<br>', pg_temp.moment(last_success),
               CASE WHEN status IN ('failed', 'dead') THEN 'The last one failed' END,
               CASE WHEN next <> '' THEN 'Next: ' || pg_temp.html(next_text) END)
      FROM kinds LEFT JOIN freshness USING (kind)
    UNION ALL
    SELECT 5, '', 'The FEC''s file', pg_temp.roughly(now() - last_modified) || ' old',
           pg_temp.moment(last_modified)
      FROM fecpipe_tables
     WHERE table_name = 'contribution' AND cycle = :cycle AND last_modified IS NOT NULL
    UNION ALL
    SELECT 6, '', 'Calls left this hour', pg_temp.digits(nullif(:'quota_left', '')::numeric),
           'of ' || pg_temp.digits(nullif(:'quota_limit', '')::numeric) || ' of the FEC''s API'
     WHERE :'quota_left' <> '' AND :'quota_limit' <> ''
)
SELECT '<dl class="figures">'
    || string_agg(format(E'\n<div%s><dt>%s</dt><dd class="value">%s</dd>'
                         '<dd class="small">%s</dd></div>',
                         CASE WHEN class = '' THEN '' ELSE ' class="' || class || '"' END, name,
                         replace(value, '$−', '−$'), coalesce(nullif(small, '–'), '')),
                  '' ORDER BY place)
    || E'\n</dl>'
  FROM figures;
