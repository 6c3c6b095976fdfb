-- coded.sql - rows that were kept without a code and are now staged with one leave
-- fec.contribution_uncoded. Part of belongs.sql and dataset.sql, with their variables.

DELETE FROM fec.contribution_uncoded AS uncoded
 USING fec_staging.:"staging" AS staged
 WHERE staged.sub_id = uncoded.sub_id AND uncoded.cycle = :cycle;
