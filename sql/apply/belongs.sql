-- belongs.sql - which of the API's rows of schedule A belong into fec.contribution: those with a
-- code of the file indiv, whatever is_individual says. The codes are in fec.transaction_type, from
-- sql/codes/transaction_type.tsv. Part of rows.sql, with its variables. The other rows leave the
-- staged table; sets ds_uncoded and ds_other_codes.
--
-- Rows without a code are not coded yet, or so small that they never will be. With FEC_UNCODED=keep
-- they go into fec.contribution_uncoded; when one comes coded, it leaves that table.

SELECT fec.refuse_if(NOT EXISTS (SELECT FROM fec.transaction_type WHERE files LIKE '%indiv%'),
                     'fec.transaction_type has no codes; sql/schema/codes.sql fills it', 'ZF078')
\g (format=unaligned tuples_only=on) /dev/null

\if :keeps_uncoded
    SELECT string_agg(format('%I', attname), ', ' ORDER BY attnum) AS uncoded_columns,
           string_agg(format('%1$I = excluded.%1$I', attname), ', ' ORDER BY attnum)
               FILTER (WHERE attname NOT IN ('sub_id', 'cycle')) AS uncoded_updates
      FROM pg_attribute
     WHERE attrelid = 'fec.contribution_uncoded'::regclass AND attnum > 0 AND NOT attisdropped
    \gset
    INSERT INTO fec.contribution_uncoded (:uncoded_columns)
    SELECT :uncoded_columns
      FROM fec_staging.:"staging" AS staged
     WHERE receipt_type IS NULL
       AND NOT EXISTS (SELECT FROM fec.contribution AS live
                        WHERE live.sub_id = staged.sub_id AND live.cycle = :cycle)
        ON CONFLICT (sub_id, cycle) DO UPDATE SET :uncoded_updates;
\endif
DELETE FROM fec_staging.:"staging" WHERE receipt_type IS NULL;
\set ds_uncoded :ROW_COUNT

\ir coded.sql

DELETE FROM fec_staging.:"staging" AS staged
 WHERE NOT EXISTS (SELECT FROM fec.transaction_type AS type
                    WHERE type.code = staged.receipt_type
                      AND 'indiv' = ANY (string_to_array(type.files, ',')));
\set ds_other_codes :ROW_COUNT
