-- donors.sql - who gave. Included by answers.sql.
--
-- The rule. A donor's giving is their contributions less refunds, from the rows of the recipients:
-- a conduit's rows (24T, 24I, 15T, 15I) are the same money a second time, under the same name
-- (fecgov/FEC#9956). Where the donor gave so little that the campaign need not itemize it, only the
-- conduit has a row; such gifts are missing here.
--
-- Memos tell who gave, so they are taken in here and left out in sums by committee (the FEC since
-- June 2024, fec-cms#6326): a partner's share, a redesignation and a reattribution, whose pairs of
-- + and - add up to nothing. In their place the row goes whose shares they are. indiv does not say
-- which that is; it is taken to be the one of an organization, no memo, in the same filing, to the
-- same committee, on the same day, with the same code and an amount that is no smaller (concluded).
-- Memos in the name of a committee (a conduit, a joint fundraiser) are no gifts.
--
-- Left out are candidates' own money (15C) and donations for electioneering (19).

CREATE OR REPLACE VIEW fec.donor_giving AS
SELECT sub_id, cycle, contributor_name, contributor_city, contributor_state, contributor_zip,
       contributor_employer, contributor_occupation, entity_type, committee_id,
       contribution_receipt_date,
       CASE WHEN receipt_type IN ('22Y', '20Y', '21Y', '40T', '40Y', '41T', '41Y', '42T', '42Y')
            THEN -contribution_receipt_amount ELSE contribution_receipt_amount END AS amount,
       receipt_type, memo_code, memo_text, other_id, transaction_id, file_number
  FROM fec.contribution AS gift
 WHERE receipt_type IN ('15', '15E', '10', '11', '22Y', '20Y', '21Y',
                        '30', '30E', '30T', '31', '31E', '31T', '32', '32E', '32T',
                        '40T', '40Y', '41T', '41Y', '42T', '42Y')
   AND NOT (coalesce(memo_code, '') = 'X'
            AND coalesce(entity_type, '') IN ('COM', 'PAC', 'CCM', 'PTY'))
   AND NOT (coalesce(entity_type, '') = 'ORG' AND coalesce(memo_code, '') <> 'X'
            AND receipt_type IN ('15', '15E', '10', '11')
            AND EXISTS (SELECT FROM fec.contribution AS share
                         WHERE share.cycle = gift.cycle
                           AND share.committee_id = gift.committee_id
                           AND share.contribution_receipt_date = gift.contribution_receipt_date
                           AND share.file_number = gift.file_number
                           AND share.receipt_type = gift.receipt_type
                           AND share.contribution_receipt_amount > 0
                           AND share.contribution_receipt_amount <= gift.contribution_receipt_amount
                           AND share.memo_code = 'X' AND share.entity_type <> 'ORG'));
COMMENT ON VIEW fec.donor_giving IS
    'What donors gave, row by row, from the recipients'' side: without the rows of conduits, '
    'refunds as negative amounts, a partnership''s partners instead of the partnership.';
