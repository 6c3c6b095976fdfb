-- individual-receipts.sql - what committees received from individuals. Included by answers.sql.
--
-- The rule. A committee's rows in the file indiv do not add up to what it received: refunds are
-- positive amounts, and money that passes through a conduit stands there twice. Each row is one of
-- these, by its mark as a memo and its code (fec.transaction_type has the codes):
--
--   memo                     memo_code X: not in the total of the report (the FEC's descriptions of
--                            indiv, oth and pas2). Other letters are not documented, and count.
--   received                 10, 11, 15, 15E: contributions; 10 and 11 also of firms and tribes
--   refunded                 20Y, 21Y, 22Y: refunds of these, in the file as positive amounts
--   passed_through           15I, 15T, 24I, 24T: earmarked money on its way through a conduit. The
--                            recipient has it as 15E. (fecgov/FEC#9956, openFEC#4453)
--   candidate_money          15C: the candidate's own, published apart (openFEC#5197)
--   party_accounts           30, 31, 32, with E or T: convention, headquarters and recount accounts
--                            of national parties, reported on line 17 as other federal receipts
--                            (the FEC's page on national party accounts; openFEC#5702)
--   party_accounts_refunded  40, 41, 42, with T or Y: refunds of these
--   electioneering           19: donations for electioneering communications, no contributions
--   other                    whatever else; the FEC puts no other code into indiv (fecgov/FEC#8781)
--
-- Amounts are added with their signs: a check that bounced is a negative 15, a refund of a super
-- PAC was a negative 10 until September 2012. Documented are the codes, their files and their
-- direction; that these are the ones to add and to subtract is concluded from the lines of the
-- forms that the rows stand on. The FEC's own total is made from the reports' summary pages
-- (INDV_ITEM_CONTB), so it differs a little; docs/counting.md says why.

CREATE OR REPLACE VIEW fec.individual_receipt AS
SELECT sub_id, cycle, committee_id,
       CASE WHEN memo_code = 'X' THEN 'memo'
            WHEN receipt_type IN ('15', '15E', '10', '11') THEN 'received'
            WHEN receipt_type IN ('24T', '24I', '15T', '15I') THEN 'passed_through'
            WHEN receipt_type IN ('22Y', '20Y', '21Y') THEN 'refunded'
            WHEN receipt_type = '15C' THEN 'candidate_money'
            WHEN receipt_type IN ('30', '30E', '30T', '31', '31E', '31T', '32', '32E', '32T')
            THEN 'party_accounts'
            WHEN receipt_type IN ('40T', '40Y', '41T', '41Y', '42T', '42Y')
            THEN 'party_accounts_refunded'
            WHEN receipt_type = '19' THEN 'electioneering'
            ELSE 'other' END AS counts_as,
       receipt_type, memo_code, contribution_receipt_amount, contribution_receipt_date,
       contributor_name, contributor_city, contributor_state, contributor_zip,
       contributor_employer, contributor_occupation, entity_type, other_id, transaction_id,
       file_number, report_type, memo_text
  FROM fec.contribution;
COMMENT ON VIEW fec.individual_receipt IS
    'The rows of contribution, each with what it counts as: received, refunded, passed_through (a '
    'conduit), candidate_money, party_accounts, party_accounts_refunded, electioneering, memo, '
    'other. A committee has received from individuals: received less refunded.';

\set receipts_by 'committee_id, cycle'
\set receipts_view committee_individual_receipts
\set receipts_group 'committee_id, cycle'
\ir individual-receipts-by.sql
COMMENT ON VIEW fec.committee_individual_receipts IS
    'What each committee has got from individuals in a cycle: received, refunded, net. '
    'passed_through is a conduit''s (of a conduit that reports both ways, twice: conduit_in is the '
    'way in). Every row of contribution is in one column; net is received less refunded.';

\set receipts_view committee_individual_receipts_by_month
\set receipts_month 'date_trunc(''month'', contribution_receipt_date::timestamp)::date AS month'
\set receipts_by 'committee_id, cycle, ' :receipts_month
\set receipts_group 'committee_id, cycle, month'
\ir individual-receipts-by.sql
COMMENT ON VIEW fec.committee_individual_receipts_by_month IS
    'The same as committee_individual_receipts by the month of receipt; NULL where '
    'the date is not valid. Dates are as filed: some lie outside the cycle, and belong to it all '
    'the same.';

\set receipts_view committee_individual_receipts_by_state
\set receipts_by 'committee_id, cycle, contributor_state AS state'
\set receipts_group 'committee_id, cycle, state'
\ir individual-receipts-by.sql
COMMENT ON VIEW fec.committee_individual_receipts_by_state IS
    'The same as committee_individual_receipts by the state of who gave.';
