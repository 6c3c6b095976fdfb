-- batch.sql - brings a batch of the API's rows into fec.TABLE. Part of one transaction.
--
-- Takes what count.sql takes, with from_api true, first_load false, known 0.

\ir count.sql
\if :is_schedule_a
    \ir ../states/batch-committees.sql
\endif
\ir write-rows.sql
TRUNCATE fec_staging.:"conflicts";
