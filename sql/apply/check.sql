-- check.sql - refuses what looks like a damaged file rather than a month's changes, unless
-- forced. After count.sql, with its variables.

SELECT fec.refuse_if(
    NOT :'force' AND :ds_withdrawn > 0.05 * :ds_live,
    format('%s %s: %s of %s rows would be withdrawn, more than 5 %%; --force goes on',
           :'dataset', :cycle, :ds_withdrawn, :ds_live))
\g (format=unaligned tuples_only=on) /dev/null
