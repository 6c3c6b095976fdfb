-- summary-of-all.sql - what the runs of several cycles have done, a line for each. Takes what
-- of-driver.sql takes. Returns the lines.

\ir of-driver.sql

SELECT format(E'\n%-10s %13s %13s %13s %13s %13s  %s', 'cycle', 'new', 'changed', 'withdrawn',
              'unchanged', 'rejected', 'result');
SELECT format('%-10s %13s %13s %13s %13s %13s  %s', wanted.cycle, inserted, changed, withdrawn,
              unchanged, rejected, coalesce(run.status, 'was not begun'))
  FROM fecpipe_of_driver AS wanted
  LEFT JOIN fec.run USING (run_id)
 CROSS JOIN LATERAL (
        SELECT to_char(sum(inserted), 'FM999,999,999,990') AS inserted,
               to_char(sum(changed), 'FM999,999,999,990') AS changed,
               to_char(sum(withdrawn), 'FM999,999,999,990') AS withdrawn,
               to_char(sum(unchanged), 'FM999,999,999,990') AS unchanged,
               to_char(sum(rejected), 'FM999,999,999,990') AS rejected
          FROM fec.run_dataset AS d
         WHERE d.run_id = run.run_id) AS counts
 ORDER BY place;
