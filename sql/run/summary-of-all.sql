-- summary-of-all.sql - what the runs of several cycles have done, a line for each. Takes kind,
-- host, and processes: the cycles in the order in which they were asked for, each with the
-- process that has run it, as 2024:1234 2026:1235. Returns the lines.

SELECT format(E'\n%-10s %13s %13s %13s %13s %13s  %s', 'cycle', 'new', 'changed', 'withdrawn',
              'unchanged', 'rejected', 'result');
SELECT format('%-10s %13s %13s %13s %13s %13s  %s', wanted.cycle, inserted, changed, withdrawn,
              unchanged, rejected, coalesce(run.status, 'was not begun'))
  FROM (SELECT split_part(word, ':', 1)::smallint AS cycle,
               split_part(word, ':', 2)::integer AS process_id, place
          FROM regexp_split_to_table(btrim(:'processes'), ' ') WITH ORDINALITY AS w (word, place)
       ) AS wanted
  LEFT JOIN LATERAL (
        SELECT *
          FROM fec.run AS r
         WHERE r.cycle = wanted.cycle AND r.process_id = wanted.process_id AND r.host = :'host'
           AND r.kind = :'kind'
         ORDER BY run_id DESC
         LIMIT 1) AS run ON true
 CROSS JOIN LATERAL (
        SELECT to_char(sum(inserted), 'FM999,999,999,990') AS inserted,
               to_char(sum(changed), 'FM999,999,999,990') AS changed,
               to_char(sum(withdrawn), 'FM999,999,999,990') AS withdrawn,
               to_char(sum(unchanged), 'FM999,999,999,990') AS unchanged,
               to_char(sum(rejected), 'FM999,999,999,990') AS rejected
          FROM fec.run_dataset AS d
         WHERE d.run_id = run.run_id) AS counts
 ORDER BY place;
