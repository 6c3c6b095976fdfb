-- functions.sql - how the page of report.sql writes texts, numbers, times and curves:
-- functions in the temporary schema, which go with the connection.

-- A text as HTML. Everything that these scripts did not write goes through this.
CREATE FUNCTION pg_temp.html(value text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT replace(replace(replace(replace(replace(
               value, '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;'), '''', '&#39;')
$$;

-- A text that somebody else wrote. Its letters may run in the other direction; the words around it
-- stay where they are.
CREATE FUNCTION pg_temp.words(value text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT '<bdi>' || pg_temp.html(value) || '</bdi>'
$$;

-- 1234567 as 1,234,567, NULL as a dash.
CREATE FUNCTION pg_temp.digits(value numeric) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(replace(to_char(round(value), 'FM999,999,999,999,999,999,999,999,999,990'),
                            '-', '−'), '–')
$$;

CREATE FUNCTION pg_temp.dollars(value numeric) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(CASE WHEN value < 0 THEN '−' ELSE '' END || '$' ||
                    to_char(abs(value), 'FM999,999,999,999,999,999,999,999,999,990.00'), '–')
$$;

-- 1234567 as 1.23M: three figures, for where there is little room.
CREATE FUNCTION pg_temp.brief(value numeric) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN value < 0 THEN '−' ELSE '' END
        || CASE WHEN scaled >= 100 OR unit = '' THEN round(scaled)
                WHEN scaled >= 10 THEN trim_scale(round(scaled, 1))
                ELSE trim_scale(round(scaled, 2)) END || unit
      FROM (VALUES (1e15, 'P'), (1e12, 'T'), (1e9, 'B'), (1e6, 'M'), (1e3, 'k'), (1, '')
           ) AS units (size, unit)
     CROSS JOIN LATERAL (SELECT abs(value) / size AS scaled) AS s
     WHERE abs(value) >= size OR size = 1
     ORDER BY size DESC
     LIMIT 1
$$;

-- '1 row', '2 rows'.
CREATE FUNCTION pg_temp.counted(value numeric, one text, many text DEFAULT NULL) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT pg_temp.digits(value) || ' '
        || CASE WHEN value = 1 THEN one ELSE coalesce(many, one || 's') END
$$;

CREATE FUNCTION pg_temp.day(value date) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce(to_char(value, 'FMDD Mon YYYY'), '–')
$$;

-- A moment, for people and for programs.
CREATE FUNCTION pg_temp.moment(value timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN value IS NULL THEN '–'
                ELSE format('<time datetime="%s">%s</time>',
                            to_char(value AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
                            to_char(value, 'FMDD Mon YYYY, HH24:MI')) END
$$;

-- How long something took.
CREATE FUNCTION pg_temp.took(value interval) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN value IS NULL THEN '–'
                WHEN s < 60 THEN round(s, 1) || ' s'
                WHEN s < 3600 THEN div(s, 60) || ' min ' || trunc(s % 60) || ' s'
                ELSE div(s, 3600) || ' h ' || trunc(s % 3600 / 60) || ' min' END
      FROM (SELECT greatest(extract(epoch FROM value), 0) AS s) AS seconds
$$;

-- '3 hours', for 'ago' or 'in'.
CREATE FUNCTION pg_temp.roughly(value interval) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN s < 90 THEN 'a minute'
                WHEN s < 5400 THEN round(s / 60) || ' minutes'
                WHEN s < 172800 THEN round(s / 3600) || ' hours'
                ELSE round(s / 86400) || ' days' END
      FROM (SELECT abs(extract(epoch FROM value)) AS s) AS seconds
$$;

-- The head of a table: the names of its columns; a # before one marks a column of numbers.
CREATE FUNCTION pg_temp.table_head(VARIADIC names text[]) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT '<thead><tr>'
        || string_agg(format('<th scope="col"%s>%s</th>',
                             CASE WHEN name LIKE '#%' THEN ' class="number"' ELSE '' END,
                             ltrim(name, '#')), '' ORDER BY place)
        || '</tr></thead>'
      FROM unnest(names) WITH ORDINALITY AS n (name, place)
$$;

-- A cell of a table. On a narrow screen rows become cards, on which a cell has its label before it.
CREATE FUNCTION pg_temp.cell(label text, content text, class text DEFAULT '') RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT format('<td data-label="%s"%s>%s</td>', label,
                  CASE WHEN class = '' THEN '' ELSE ' class="' || class || '"' END, content)
$$;

-- A cell with a number; 0 and NULL are pale.
CREATE FUNCTION pg_temp.figure(label text, value numeric) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT pg_temp.cell(label, pg_temp.digits(value),
                        CASE WHEN coalesce(value, 0) = 0 THEN 'number none' ELSE 'number' END)
$$;

-- A state in words, with a dot in its colour.
CREATE FUNCTION pg_temp.badge(state text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT '<span class="badge ' || CASE state WHEN 'complete' THEN 'good' WHEN 'fresh' THEN 'good'
               WHEN 'failed' THEN 'bad' WHEN 'dead' THEN 'bad' WHEN 'stale' THEN 'late'
               ELSE 'idle' END || '">'
        || pg_temp.html(state) || '</span>'
$$;

-- A step of a scale, about a third of it: 1, 2 or 5 times a power of ten.
CREATE FUNCTION pg_temp.scale_step(extent numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
    SELECT min(step)
      FROM (SELECT power(10::numeric, floor(log(greatest(extent, 3) / 3))) AS magnitude) AS m
     CROSS JOIN LATERAL (VALUES (magnitude), (2 * magnitude), (5 * magnitude), (10 * magnitude)
                        ) AS steps (step)
     WHERE step >= extent / 3
$$;

-- The outline of a row of columns as an SVG path, in a box one wide for each value and 1000 high;
-- `top` and `bottom` are the values at its edges. Equal neighbours are one column.
CREATE FUNCTION pg_temp.outline(columns numeric[], top numeric, bottom numeric) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT format('M0 %s', zero)
        || string_agg(format('V%sH%s', height, until), '' ORDER BY until) || format('V%sZ', zero)
      FROM (SELECT height, zero, lead(place, 1, last + 1) OVER (ORDER BY place) - 1 AS until
              FROM (SELECT place, height, zero, cardinality(columns) AS last,
                           height IS DISTINCT FROM lag(height) OVER (ORDER BY place) AS begins
                      FROM (SELECT place, round((top - value) * 1000 / (top - bottom)) AS height,
                                   round(top * 1000 / (top - bottom)) AS zero
                              FROM unnest(columns) WITH ORDINALITY AS c (value, place)) AS heights
                   ) AS steps
             WHERE begins) AS runs
     GROUP BY zero
$$;
