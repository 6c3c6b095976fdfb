-- expenditures.sql - independent expenditures, what committees gave to candidates, and what they
-- spent. Included by answers.sql.

-- The rule. independent_expenditure_YYYY.csv has the notices of 24 and 48 hours, each original and
-- each amendment side by side (the FEC's page of the file; openFEC#3233). A notice counts unless a
-- later one replaces it: its file_num is the prev_file_num of another filing, as openFEC counts
-- (V0173, V0303). Not documented is whether an amendment repeats all lines of what it replaces.
-- The same spending comes again on regular reports, as types 24A and 24E: never add the two.
CREATE OR REPLACE VIEW fec.independent_expenditure_current AS
SELECT record_key, cycle, candidate_id, candidate_name, committee_id, committee_name,
       election_type, candidate_office_state, candidate_office_district, candidate_office,
       candidate_party, expenditure_amount, expenditure_date, office_total_ytd,
       support_oppose_indicator, expenditure_description, payee_name, file_number,
       amendment_indicator, transaction_id, image_number, filing_date, election_year,
       previous_file_number, dissemination_date, expenditure_date_as_filed, filing_date_as_filed,
       dissemination_date_as_filed, run_id
  FROM fec.independent_expenditure AS notice
 WHERE NOT EXISTS (SELECT FROM fec.independent_expenditure AS later
                    WHERE later.cycle = notice.cycle
                      AND later.previous_file_number = notice.file_number
                      AND later.file_number <> notice.file_number);
COMMENT ON VIEW fec.independent_expenditure_current IS
    'The notices of independent expenditures that no later filing replaces. Never to be added to '
    'types 24A and 24E of committee_contribution: it is the same spending.';

-- The rule. pas2 has the giver's rows, each with its candidate; every one of them is in oth too, so
-- that is left alone, and so is the candidate's side, which the FEC does not code
-- (fecgov/FEC#9957).
-- Memos are not in the total. 24K and 24Z are contributions in money and in kind, 24P those to a
-- person who is no candidate yet; 24C a party's coordinated expenditures; 24A and 24E are spent
-- independently against and for the candidate, 24N and 24F for communication with members (Form 7).
-- None of these four is given to the candidate. (The FEC's page of transaction types.)
CREATE OR REPLACE VIEW fec.committee_candidate_giving AS
SELECT committee_id, candidate_id, cycle,
       coalesce(sum(amount) FILTER (WHERE type IN ('24K', '24Z', '24P')), 0) AS contributed,
       coalesce(sum(amount) FILTER (WHERE type = '24Z'), 0) AS in_kind,
       coalesce(sum(amount) FILTER (WHERE type = '24C'), 0) AS coordinated,
       coalesce(sum(amount) FILTER (WHERE type = '24E'), 0) AS independent_for,
       coalesce(sum(amount) FILTER (WHERE type = '24A'), 0) AS independent_against,
       coalesce(sum(amount) FILTER (WHERE type = '24F'), 0) AS communication_for,
       coalesce(sum(amount) FILTER (WHERE type = '24N'), 0) AS communication_against,
       coalesce(sum(amount) FILTER (
           WHERE type NOT IN ('24K', '24Z', '24P', '24C', '24E', '24A', '24F', '24N', 'memo')), 0)
           AS other,
       coalesce(sum(amount) FILTER (WHERE type = 'memo'), 0) AS memo,
       sum(rows)::bigint AS rows
  FROM (SELECT committee_id, candidate_id, cycle,
               CASE WHEN memo_code = 'X' THEN 'memo' ELSE coalesce(receipt_type, '') END AS type,
               sum(contribution_receipt_amount) AS amount, count(*) AS rows
          FROM fec.committee_contribution
         GROUP BY 1, 2, 3, 4) AS sums
 GROUP BY committee_id, candidate_id, cycle;
COMMENT ON VIEW fec.committee_candidate_giving IS
    'What each committee gave to each candidate in a cycle (contributed; in_kind is part of it), '
    'and what it spent on them otherwise, from pas2 without memos.';

-- The rule. oppexp has a payment by card as a parent without a mark and the purchases as memos (X);
-- with the memos the money is there twice (openFEC#5911). Negative rows are voids: they are added.
CREATE OR REPLACE VIEW fec.committee_operating_expenditures AS
SELECT committee_id, cycle,
       coalesce(sum(disbursement_amount) FILTER (WHERE memo_code IS DISTINCT FROM 'X'), 0)
           AS spent,
       coalesce(sum(disbursement_amount) FILTER (WHERE memo_code = 'X'), 0) AS memo,
       count(*) AS rows
  FROM fec.operating_expenditure
 GROUP BY committee_id, cycle;
COMMENT ON VIEW fec.committee_operating_expenditures IS
    'What each committee spent on its operation in a cycle, from oppexp without memos.';
