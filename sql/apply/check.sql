-- check.sql - refuses what looks like a damaged file rather than a month's changes, unless the run
-- is forced. After count.sql, with its variables.

SELECT fec.refuse_if(
    NOT :'force' AND :known > 0 AND coalesce(rows_read, 1) - coalesce(rejected, 0) = 0,
    format('%s %s: the file came without its rows; --force goes on', :'dataset', :cycle))
  FROM fec.run_dataset WHERE run_id = :run_id AND dataset = :'dataset'
\g (format=unaligned tuples_only=on) /dev/null

-- Rows that no bulk file ever had do not count: the FEC has not withdrawn them.
SELECT fec.refuse_if(
    NOT :'force' AND :ds_withdrawn > fec.most_withdrawn(settings, :ds_live),
    format('%s %s: %s of %s rows would be withdrawn, more than FEC_MAX_WITHDRAWN=%s and '
           'FEC_MIN_WITHDRAWN=%s allow; FEC_MAX_WITHDRAWN=%s%% would do, --force goes on',
           :'dataset', :cycle, :ds_withdrawn, :ds_live, settings ->> 'max_withdrawn',
           settings ->> 'min_withdrawn', ceil(100.0 * :ds_withdrawn / greatest(:ds_live, 1))))
  FROM fec.run WHERE run_id = :run_id
\g (format=unaligned tuples_only=on) /dev/null
