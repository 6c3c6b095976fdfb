-- Itemized transactions: contributions, transfers, expenditures. Included by schema.sql.

CREATE TABLE IF NOT EXISTS fec.contribution (
    sub_id                             bigint NOT NULL,
    cycle                              smallint NOT NULL,
    committee_id                       text,
    amendment_indicator                text,
    report_type                        text,
    election_type                      text,
    image_number                       text,
    receipt_type                       text,
    entity_type                        text,
    contributor_name                   text,
    contributor_city                   text,
    contributor_state                  text,
    contributor_zip                    text,
    contributor_employer               text,
    contributor_occupation             text,
    contribution_receipt_date          date,
    contribution_receipt_amount        numeric(14,2),
    other_id                           text,
    transaction_id                     text,
    file_number                        bigint,
    memo_code                          text,
    memo_text                          text,
    contribution_receipt_date_as_filed text,
    row_hash                           bigint NOT NULL,
    run_id                             bigint NOT NULL,
    in_bulk                            boolean NOT NULL DEFAULT true,
    PRIMARY KEY (sub_id, cycle) INCLUDE (row_hash)
) PARTITION BY LIST (cycle);

COMMENT ON TABLE fec.contribution IS
    'Contributions by individuals (indiv, itcont.txt). A memo (memo_code X) is not part of the '
    'itemization total.';
COMMENT ON COLUMN fec.contribution.sub_id IS 'SUB_ID: the FEC record number, unique';
COMMENT ON COLUMN fec.contribution.cycle IS 'the two-year period, by the even year that ends it';
COMMENT ON COLUMN fec.contribution.committee_id IS 'CMTE_ID';
COMMENT ON COLUMN fec.contribution.amendment_indicator IS 'AMNDT_IND';
COMMENT ON COLUMN fec.contribution.report_type IS 'RPT_TP';
COMMENT ON COLUMN fec.contribution.election_type IS 'TRANSACTION_PGI';
COMMENT ON COLUMN fec.contribution.image_number IS 'IMAGE_NUM: number of the page image';
COMMENT ON COLUMN fec.contribution.receipt_type IS 'TRANSACTION_TP';
COMMENT ON COLUMN fec.contribution.entity_type IS 'ENTITY_TP';
COMMENT ON COLUMN fec.contribution.contributor_name IS 'NAME';
COMMENT ON COLUMN fec.contribution.contributor_city IS 'CITY';
COMMENT ON COLUMN fec.contribution.contributor_state IS 'STATE';
COMMENT ON COLUMN fec.contribution.contributor_zip IS 'ZIP_CODE: as filed, 5 or 9 digits';
COMMENT ON COLUMN fec.contribution.contributor_employer IS 'EMPLOYER';
COMMENT ON COLUMN fec.contribution.contributor_occupation IS 'OCCUPATION';
COMMENT ON COLUMN fec.contribution.contribution_receipt_date IS 'TRANSACTION_DT';
COMMENT ON COLUMN fec.contribution.contribution_receipt_amount IS 'TRANSACTION_AMT';
COMMENT ON COLUMN fec.contribution.other_id IS 'OTHER_ID';
COMMENT ON COLUMN fec.contribution.transaction_id IS
    'TRAN_ID: the filer''s own number of the transaction';
COMMENT ON COLUMN fec.contribution.file_number IS 'FILE_NUM: the number of the filing';
COMMENT ON COLUMN fec.contribution.memo_code IS
    'MEMO_CD: X marks a memo: the amount is not part of the itemization total';
COMMENT ON COLUMN fec.contribution.memo_text IS 'MEMO_TEXT';
COMMENT ON COLUMN fec.contribution.contribution_receipt_date_as_filed IS
    'TRANSACTION_DT as filed, where it is no date';
COMMENT ON COLUMN fec.contribution.row_hash IS
    'XXH3 of the bulk record that says the same as the row; 0 if no such record has come';
COMMENT ON COLUMN fec.contribution.run_id IS 'the run that brought the row as it is now (fec.run)';
COMMENT ON COLUMN fec.contribution.in_bulk IS
    'a bulk file has had the row; false: only the API has shown it so far';
SELECT fec.make_history('contribution');

CREATE TABLE IF NOT EXISTS fec.contribution_uncoded (
    LIKE fec.contribution INCLUDING COMMENTS,
    load_date text,
    PRIMARY KEY (sub_id, cycle)
);
ALTER TABLE fec.contribution_uncoded DROP COLUMN IF EXISTS row_hash,
                                     DROP COLUMN IF EXISTS in_bulk;

COMMENT ON TABLE fec.contribution_uncoded IS
    'Receipts that the API has without a receipt_type: not coded yet, or too small ever to be. No '
    'bulk file has them. Kept with FEC_UNCODED=keep only; a row that comes coded leaves.';
COMMENT ON COLUMN fec.contribution_uncoded.load_date IS
    'when the FEC loaded it, as the API says it';
COMMENT ON COLUMN fec.contribution_uncoded.run_id IS 'the run that saw it last (fec.run)';

CREATE TABLE IF NOT EXISTS fec.committee_contribution (
    sub_id                             bigint NOT NULL,
    cycle                              smallint NOT NULL,
    committee_id                       text,
    amendment_indicator                text,
    report_type                        text,
    election_type                      text,
    image_number                       text,
    receipt_type                       text,
    entity_type                        text,
    contributor_name                   text,
    contributor_city                   text,
    contributor_state                  text,
    contributor_zip                    text,
    contributor_employer               text,
    contributor_occupation             text,
    contribution_receipt_date          date,
    contribution_receipt_amount        numeric(14,2),
    other_id                           text,
    candidate_id                       text,
    transaction_id                     text,
    file_number                        bigint,
    memo_code                          text,
    memo_text                          text,
    contribution_receipt_date_as_filed text,
    row_hash                           bigint NOT NULL,
    run_id                             bigint NOT NULL,
    in_bulk                            boolean NOT NULL DEFAULT true,
    PRIMARY KEY (sub_id, cycle) INCLUDE (row_hash)
) PARTITION BY LIST (cycle);

COMMENT ON TABLE fec.committee_contribution IS
    'Committees to candidates, and independent expenditures (pas2, itpas2.txt).';
COMMENT ON COLUMN fec.committee_contribution.sub_id IS 'SUB_ID: the FEC record number, unique';
COMMENT ON COLUMN fec.committee_contribution.cycle IS
    'the two-year period, by the even year that ends it';
COMMENT ON COLUMN fec.committee_contribution.committee_id IS 'CMTE_ID';
COMMENT ON COLUMN fec.committee_contribution.amendment_indicator IS 'AMNDT_IND';
COMMENT ON COLUMN fec.committee_contribution.report_type IS 'RPT_TP';
COMMENT ON COLUMN fec.committee_contribution.election_type IS 'TRANSACTION_PGI';
COMMENT ON COLUMN fec.committee_contribution.image_number IS 'IMAGE_NUM: number of the page image';
COMMENT ON COLUMN fec.committee_contribution.receipt_type IS 'TRANSACTION_TP';
COMMENT ON COLUMN fec.committee_contribution.entity_type IS 'ENTITY_TP';
COMMENT ON COLUMN fec.committee_contribution.contributor_name IS 'NAME';
COMMENT ON COLUMN fec.committee_contribution.contributor_city IS 'CITY';
COMMENT ON COLUMN fec.committee_contribution.contributor_state IS 'STATE';
COMMENT ON COLUMN fec.committee_contribution.contributor_zip IS 'ZIP_CODE: as filed, 5 or 9 digits';
COMMENT ON COLUMN fec.committee_contribution.contributor_employer IS 'EMPLOYER';
COMMENT ON COLUMN fec.committee_contribution.contributor_occupation IS 'OCCUPATION';
COMMENT ON COLUMN fec.committee_contribution.contribution_receipt_date IS 'TRANSACTION_DT';
COMMENT ON COLUMN fec.committee_contribution.contribution_receipt_amount IS 'TRANSACTION_AMT';
COMMENT ON COLUMN fec.committee_contribution.other_id IS 'OTHER_ID';
COMMENT ON COLUMN fec.committee_contribution.candidate_id IS 'CAND_ID';
COMMENT ON COLUMN fec.committee_contribution.transaction_id IS
    'TRAN_ID: the filer''s own number of the transaction';
COMMENT ON COLUMN fec.committee_contribution.file_number IS 'FILE_NUM: the number of the filing';
COMMENT ON COLUMN fec.committee_contribution.memo_code IS
    'MEMO_CD: X marks a memo: the amount is not part of the itemization total';
COMMENT ON COLUMN fec.committee_contribution.memo_text IS 'MEMO_TEXT';
COMMENT ON COLUMN fec.committee_contribution.contribution_receipt_date_as_filed IS
    'TRANSACTION_DT as filed, where it is no date';
COMMENT ON COLUMN fec.committee_contribution.row_hash IS
    'XXH3 of the bulk record that says the same as the row; 0 if no such record has come';
COMMENT ON COLUMN fec.committee_contribution.run_id IS
    'the run that brought the row as it is now (fec.run)';
COMMENT ON COLUMN fec.committee_contribution.in_bulk IS
    'a bulk file has had the row; false: only the API has shown it so far';
SELECT fec.make_history('committee_contribution');

CREATE TABLE IF NOT EXISTS fec.committee_transaction (
    LIKE fec.contribution INCLUDING COMMENTS INCLUDING DEFAULTS,
    PRIMARY KEY (sub_id, cycle) INCLUDE (row_hash)
) PARTITION BY LIST (cycle);

COMMENT ON TABLE fec.committee_transaction IS
    'Any transaction from one committee to another (oth, itoth.txt).';
SELECT fec.make_history('committee_transaction');

CREATE TABLE IF NOT EXISTS fec.operating_expenditure (
    sub_id                        bigint NOT NULL,
    cycle                         smallint NOT NULL,
    committee_id                  text,
    amendment_indicator           text,
    report_year                   bigint,
    report_type                   text,
    image_number                  text,
    line_number                   text,
    filing_form                   text,
    schedule_type                 text,
    recipient_name                text,
    recipient_city                text,
    recipient_state               text,
    recipient_zip                 text,
    disbursement_date             date,
    disbursement_amount           numeric(14,2),
    election_type                 text,
    disbursement_description      text,
    category_code                 text,
    category_code_full            text,
    memo_code                     text,
    memo_text                     text,
    entity_type                   text,
    file_number                   bigint,
    transaction_id                text,
    back_reference_transaction_id text,
    disbursement_date_as_filed    text,
    row_hash                      bigint NOT NULL,
    run_id                        bigint NOT NULL,
    in_bulk                       boolean NOT NULL DEFAULT true,
    PRIMARY KEY (sub_id, cycle) INCLUDE (row_hash)
) PARTITION BY LIST (cycle);

COMMENT ON TABLE fec.operating_expenditure IS
    'Operating expenditures (oppexp).';
COMMENT ON COLUMN fec.operating_expenditure.sub_id IS 'SUB_ID: the FEC record number, unique';
COMMENT ON COLUMN fec.operating_expenditure.cycle IS
    'the two-year period, by the even year that ends it';
COMMENT ON COLUMN fec.operating_expenditure.committee_id IS 'CMTE_ID';
COMMENT ON COLUMN fec.operating_expenditure.amendment_indicator IS 'AMNDT_IND';
COMMENT ON COLUMN fec.operating_expenditure.report_year IS 'RPT_YR';
COMMENT ON COLUMN fec.operating_expenditure.report_type IS 'RPT_TP';
COMMENT ON COLUMN fec.operating_expenditure.image_number IS 'IMAGE_NUM: number of the page image';
COMMENT ON COLUMN fec.operating_expenditure.line_number IS 'LINE_NUM';
COMMENT ON COLUMN fec.operating_expenditure.filing_form IS 'FORM_TP_CD';
COMMENT ON COLUMN fec.operating_expenditure.schedule_type IS 'SCHED_TP_CD';
COMMENT ON COLUMN fec.operating_expenditure.recipient_name IS 'NAME';
COMMENT ON COLUMN fec.operating_expenditure.recipient_city IS 'CITY';
COMMENT ON COLUMN fec.operating_expenditure.recipient_state IS 'STATE';
COMMENT ON COLUMN fec.operating_expenditure.recipient_zip IS 'ZIP_CODE';
COMMENT ON COLUMN fec.operating_expenditure.disbursement_date IS 'TRANSACTION_DT';
COMMENT ON COLUMN fec.operating_expenditure.disbursement_amount IS 'TRANSACTION_AMT';
COMMENT ON COLUMN fec.operating_expenditure.election_type IS 'TRANSACTION_PGI';
COMMENT ON COLUMN fec.operating_expenditure.disbursement_description IS 'PURPOSE';
COMMENT ON COLUMN fec.operating_expenditure.category_code IS 'CATEGORY';
COMMENT ON COLUMN fec.operating_expenditure.category_code_full IS 'CATEGORY_DESC';
COMMENT ON COLUMN fec.operating_expenditure.memo_code IS
    'MEMO_CD: X marks a memo: the amount is not part of the itemization total';
COMMENT ON COLUMN fec.operating_expenditure.memo_text IS 'MEMO_TEXT';
COMMENT ON COLUMN fec.operating_expenditure.entity_type IS 'ENTITY_TP';
COMMENT ON COLUMN fec.operating_expenditure.file_number IS 'FILE_NUM: the number of the filing';
COMMENT ON COLUMN fec.operating_expenditure.transaction_id IS
    'TRAN_ID: the filer''s own number of the transaction';
COMMENT ON COLUMN fec.operating_expenditure.back_reference_transaction_id IS 'BACK_REF_TRAN_ID';
COMMENT ON COLUMN fec.operating_expenditure.disbursement_date_as_filed IS
    'TRANSACTION_DT as filed, where it is no date';
COMMENT ON COLUMN fec.operating_expenditure.row_hash IS
    'XXH3 of the bulk record that says the same as the row; 0 if no such record has come';
COMMENT ON COLUMN fec.operating_expenditure.run_id IS
    'the run that brought the row as it is now (fec.run)';
COMMENT ON COLUMN fec.operating_expenditure.in_bulk IS
    'a bulk file has had the row; false: only the API has shown it so far';
SELECT fec.make_history('operating_expenditure');

CREATE TABLE IF NOT EXISTS fec.independent_expenditure (
    record_key                  text NOT NULL,
    cycle                       smallint NOT NULL,
    candidate_id                text,
    candidate_name              text,
    committee_id                text,
    committee_name              text,
    election_type               text,
    candidate_office_state      text,
    candidate_office_district   text,
    candidate_office            text,
    candidate_party             text,
    expenditure_amount          numeric(14,2),
    expenditure_date            date,
    office_total_ytd            numeric(14,2),
    support_oppose_indicator    text,
    expenditure_description     text,
    payee_name                  text,
    file_number                 bigint,
    amendment_indicator         text,
    transaction_id              text,
    image_number                text,
    filing_date                 date,
    election_year               bigint,
    previous_file_number        bigint,
    dissemination_date          date,
    expenditure_date_as_filed   text,
    filing_date_as_filed        text,
    dissemination_date_as_filed text,
    row_hash                    bigint NOT NULL,
    run_id                      bigint NOT NULL,
    in_bulk                     boolean NOT NULL DEFAULT true,
    PRIMARY KEY (record_key, cycle) INCLUDE (row_hash)
) PARTITION BY LIST (cycle);

COMMENT ON TABLE fec.independent_expenditure IS
    'Independent expenditures (independent_expenditure_YYYY.csv).';
COMMENT ON COLUMN fec.independent_expenditure.record_key IS
    'no column of the file is unique: the filing, the transaction and a hash of the whole row';
COMMENT ON COLUMN fec.independent_expenditure.cycle IS
    'the two-year period, by the even year that ends it';
COMMENT ON COLUMN fec.independent_expenditure.candidate_id IS 'cand_id';
COMMENT ON COLUMN fec.independent_expenditure.candidate_name IS 'cand_name';
COMMENT ON COLUMN fec.independent_expenditure.committee_id IS 'spe_id';
COMMENT ON COLUMN fec.independent_expenditure.committee_name IS 'spe_nam';
COMMENT ON COLUMN fec.independent_expenditure.election_type IS 'ele_type';
COMMENT ON COLUMN fec.independent_expenditure.candidate_office_state IS 'can_office_state';
COMMENT ON COLUMN fec.independent_expenditure.candidate_office_district IS 'can_office_dis';
COMMENT ON COLUMN fec.independent_expenditure.candidate_office IS 'can_office';
COMMENT ON COLUMN fec.independent_expenditure.candidate_party IS 'cand_pty_aff';
COMMENT ON COLUMN fec.independent_expenditure.expenditure_amount IS 'exp_amo';
COMMENT ON COLUMN fec.independent_expenditure.expenditure_date IS 'exp_date';
COMMENT ON COLUMN fec.independent_expenditure.office_total_ytd IS 'agg_amo';
COMMENT ON COLUMN fec.independent_expenditure.support_oppose_indicator IS 'sup_opp';
COMMENT ON COLUMN fec.independent_expenditure.expenditure_description IS 'pur';
COMMENT ON COLUMN fec.independent_expenditure.payee_name IS 'pay';
COMMENT ON COLUMN fec.independent_expenditure.file_number IS 'file_num: the number of the filing';
COMMENT ON COLUMN fec.independent_expenditure.amendment_indicator IS 'amndt_ind';
COMMENT ON COLUMN fec.independent_expenditure.transaction_id IS
    'tran_id: the filer''s own number of the transaction';
COMMENT ON COLUMN fec.independent_expenditure.image_number IS 'image_num: number of the page image';
COMMENT ON COLUMN fec.independent_expenditure.filing_date IS 'receipt_dat';
COMMENT ON COLUMN fec.independent_expenditure.election_year IS 'fec_election_yr';
COMMENT ON COLUMN fec.independent_expenditure.previous_file_number IS 'prev_file_num';
COMMENT ON COLUMN fec.independent_expenditure.dissemination_date IS 'dissem_dt';
COMMENT ON COLUMN fec.independent_expenditure.expenditure_date_as_filed IS
    'exp_date as filed, where it is no date';
COMMENT ON COLUMN fec.independent_expenditure.filing_date_as_filed IS
    'receipt_dat as filed, where it is no date';
COMMENT ON COLUMN fec.independent_expenditure.dissemination_date_as_filed IS
    'dissem_dt as filed, where it is no date';
COMMENT ON COLUMN fec.independent_expenditure.row_hash IS
    'XXH3 of the bulk record that says the same as the row; 0 if no such record has come';
COMMENT ON COLUMN fec.independent_expenditure.run_id IS
    'the run that brought the row as it is now (fec.run)';
COMMENT ON COLUMN fec.independent_expenditure.in_bulk IS
    'a bulk file has had the row; false: only the API has shown it so far';
SELECT fec.make_history('independent_expenditure');
