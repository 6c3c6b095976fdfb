-- upgrade-4.sql - brings a database of version 3 of the schema to version 4. Included by
-- schema.sql, in its transaction, after upgrade-3.sql and before the files that define the tables:
-- they add what is new as a whole, this script changes what is there. Prints what it does.
--
-- New in version 4 are the tables of codes, the views of sql/answers and the functions that give a
-- table as it was. What was there before a row was completed is kept from now on (fec.contribution_
-- completion and its likes): of the time before the upgrade it cannot be told any more.

\echo 'Upgrading the database to version 4 of the schema, all or nothing. This takes a moment.'

-- A number, so that it can be multiplied with. Version 2 has no such table.
SELECT EXISTS (SELECT FROM pg_attribute
                WHERE attrelid = to_regclass('fec.transaction_type')
                  AND attname = 'sign_individual_receipts' AND atttypid = 'text'::regtype)
           AS has_text_signs
\gset upgrade_
\if :upgrade_has_text_signs
    ALTER TABLE fec.transaction_type
        ALTER sign_individual_receipts TYPE smallint USING sign_individual_receipts::smallint;
\endif
