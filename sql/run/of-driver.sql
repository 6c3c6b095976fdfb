-- of-driver.sql - the runs that one driver has made. Part of summary-of-all.sql and
-- ../watch/told.sql. Takes kind, host, and processes: the cycles in the order in which they were
-- asked for, each with the process that has run it, as 2024:1234 2026:1235. Makes fecpipe_of_driver
-- (cycle, place, run_id); run_id is NULL for a run that was not begun.

CREATE TEMPORARY TABLE fecpipe_of_driver AS
SELECT wanted.cycle, place,
       (SELECT max(run_id)
          FROM fec.run AS r
         WHERE r.cycle = wanted.cycle AND r.process_id = wanted.process_id AND r.host = :'host'
           AND r.kind = :'kind') AS run_id
  FROM (SELECT split_part(word, ':', 1)::smallint AS cycle,
               split_part(word, ':', 2)::integer AS process_id, place
          FROM regexp_split_to_table(btrim(:'processes'), ' ') WITH ORDINALITY AS w (word, place)
       ) AS wanted;
