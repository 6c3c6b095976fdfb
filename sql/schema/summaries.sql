-- The FEC's summaries of campaigns and committees. Included by schema.sql.

CREATE TABLE IF NOT EXISTS fec.candidate_summary (
    candidate_id                                     text NOT NULL,
    cycle                                            smallint NOT NULL,
    candidate_name                                   text,
    incumbent_challenge                              text,
    party_code                                       text,
    party                                            text,
    receipts                                         numeric(14,2),
    transfers_from_other_authorized_committee        numeric(14,2),
    disbursements                                    numeric(14,2),
    transfers_to_other_authorized_committee          numeric(14,2),
    cash_on_hand_beginning_period                    numeric(14,2),
    cash_on_hand_end_period                          numeric(14,2),
    candidate_contribution                           numeric(14,2),
    loans_made_by_candidate                          numeric(14,2),
    all_other_loans                                  numeric(14,2),
    repayments_loans_made_by_candidate               numeric(14,2),
    repayments_other_loans                           numeric(14,2),
    debts_owed_by_committee                          numeric(14,2),
    individual_contributions                         numeric(14,2),
    state                                            text,
    district                                         text,
    special_election_status                          text,
    primary_election_status                          text,
    runoff_election_status                           text,
    general_election_status                          text,
    general_election_percentage                      text,
    other_political_committee_contributions          numeric(14,2),
    political_party_committee_contributions          numeric(14,2),
    coverage_end_date                                date,
    refunded_individual_contributions                numeric(14,2),
    refunded_other_political_committee_contributions numeric(14,2),
    coverage_end_date_as_filed                       text,
    row_hash                                         bigint NOT NULL,
    run_id                                           bigint NOT NULL,
    in_bulk                                          boolean NOT NULL DEFAULT true,
    PRIMARY KEY (candidate_id, cycle) INCLUDE (row_hash)
) PARTITION BY LIST (cycle);

COMMENT ON TABLE fec.candidate_summary IS
    'All candidates, summary (weball).';
COMMENT ON COLUMN fec.candidate_summary.candidate_id IS 'CAND_ID';
COMMENT ON COLUMN fec.candidate_summary.cycle IS
    'the two-year period, by the even year that ends it';
COMMENT ON COLUMN fec.candidate_summary.candidate_name IS 'CAND_NAME';
COMMENT ON COLUMN fec.candidate_summary.incumbent_challenge IS 'CAND_ICI';
COMMENT ON COLUMN fec.candidate_summary.party_code IS 'PTY_CD';
COMMENT ON COLUMN fec.candidate_summary.party IS 'CAND_PTY_AFFILIATION';
COMMENT ON COLUMN fec.candidate_summary.receipts IS 'TTL_RECEIPTS';
COMMENT ON COLUMN fec.candidate_summary.transfers_from_other_authorized_committee IS
    'TRANS_FROM_AUTH';
COMMENT ON COLUMN fec.candidate_summary.disbursements IS 'TTL_DISB';
COMMENT ON COLUMN fec.candidate_summary.transfers_to_other_authorized_committee IS 'TRANS_TO_AUTH';
COMMENT ON COLUMN fec.candidate_summary.cash_on_hand_beginning_period IS 'COH_BOP';
COMMENT ON COLUMN fec.candidate_summary.cash_on_hand_end_period IS 'COH_COP';
COMMENT ON COLUMN fec.candidate_summary.candidate_contribution IS 'CAND_CONTRIB';
COMMENT ON COLUMN fec.candidate_summary.loans_made_by_candidate IS 'CAND_LOANS';
COMMENT ON COLUMN fec.candidate_summary.all_other_loans IS 'OTHER_LOANS';
COMMENT ON COLUMN fec.candidate_summary.repayments_loans_made_by_candidate IS 'CAND_LOAN_REPAY';
COMMENT ON COLUMN fec.candidate_summary.repayments_other_loans IS 'OTHER_LOAN_REPAY';
COMMENT ON COLUMN fec.candidate_summary.debts_owed_by_committee IS 'DEBTS_OWED_BY';
COMMENT ON COLUMN fec.candidate_summary.individual_contributions IS 'TTL_INDIV_CONTRIB';
COMMENT ON COLUMN fec.candidate_summary.state IS 'CAND_OFFICE_ST';
COMMENT ON COLUMN fec.candidate_summary.district IS 'CAND_OFFICE_DISTRICT';
COMMENT ON COLUMN fec.candidate_summary.special_election_status IS 'SPEC_ELECTION';
COMMENT ON COLUMN fec.candidate_summary.primary_election_status IS 'PRIM_ELECTION';
COMMENT ON COLUMN fec.candidate_summary.runoff_election_status IS 'RUN_ELECTION';
COMMENT ON COLUMN fec.candidate_summary.general_election_status IS 'GEN_ELECTION';
COMMENT ON COLUMN fec.candidate_summary.general_election_percentage IS 'GEN_ELECTION_PRECENT';
COMMENT ON COLUMN fec.candidate_summary.other_political_committee_contributions IS
    'OTHER_POL_CMTE_CONTRIB';
COMMENT ON COLUMN fec.candidate_summary.political_party_committee_contributions IS
    'POL_PTY_CONTRIB';
COMMENT ON COLUMN fec.candidate_summary.coverage_end_date IS 'CVG_END_DT';
COMMENT ON COLUMN fec.candidate_summary.refunded_individual_contributions IS 'INDIV_REFUNDS';
COMMENT ON COLUMN fec.candidate_summary.refunded_other_political_committee_contributions IS
    'CMTE_REFUNDS';
COMMENT ON COLUMN fec.candidate_summary.coverage_end_date_as_filed IS
    'CVG_END_DT as filed, where it is no date';
COMMENT ON COLUMN fec.candidate_summary.row_hash IS
    'XXH3 of the bulk record that says the same as the row; 0 if no such record has come';
COMMENT ON COLUMN fec.candidate_summary.run_id IS
    'the run that brought the row as it is now (fec.run)';
COMMENT ON COLUMN fec.candidate_summary.in_bulk IS
    'a bulk file has had the row; false: only the API has shown it so far';
SELECT fec.make_history('candidate_summary');

CREATE TABLE IF NOT EXISTS fec.congressional_summary (
    LIKE fec.candidate_summary INCLUDING COMMENTS INCLUDING DEFAULTS,
    PRIMARY KEY (candidate_id, cycle) INCLUDE (row_hash)
) PARTITION BY LIST (cycle);

COMMENT ON TABLE fec.congressional_summary IS
    'House and Senate campaigns, summary (webl).';
SELECT fec.make_history('congressional_summary');

CREATE TABLE IF NOT EXISTS fec.committee_summary (
    committee_id                                     text NOT NULL,
    cycle                                            smallint NOT NULL,
    committee_name                                   text,
    committee_type                                   text,
    committee_designation                            text,
    filing_frequency                                 text,
    receipts                                         numeric(14,2),
    transfers_from_affiliated_party                  numeric(14,2),
    individual_contributions                         numeric(14,2),
    other_political_committee_contributions          numeric(14,2),
    candidate_contribution                           numeric(14,2),
    loans_made_by_candidate                          numeric(14,2),
    loans                                            numeric(14,2),
    disbursements                                    numeric(14,2),
    transfers_to_affiliated_committee                numeric(14,2),
    refunded_individual_contributions                numeric(14,2),
    refunded_other_political_committee_contributions numeric(14,2),
    repayments_loans_made_by_candidate               numeric(14,2),
    loan_repayments_made                             numeric(14,2),
    cash_on_hand_beginning_period                    numeric(14,2),
    cash_on_hand_end_period                          numeric(14,2),
    debts_owed_by_committee                          numeric(14,2),
    transfers_from_nonfed_account                    numeric(14,2),
    fed_candidate_committee_contributions            numeric(14,2),
    independent_expenditures                         numeric(14,2),
    coordinated_expenditures_by_party_committee      numeric(14,2),
    shared_nonfed_operating_expenditures             numeric(14,2),
    coverage_end_date                                date,
    coverage_end_date_as_filed                       text,
    row_hash                                         bigint NOT NULL,
    run_id                                           bigint NOT NULL,
    in_bulk                                          boolean NOT NULL DEFAULT true,
    PRIMARY KEY (committee_id, cycle) INCLUDE (row_hash)
) PARTITION BY LIST (cycle);

COMMENT ON TABLE fec.committee_summary IS
    'PAC and party summary (webk).';
COMMENT ON COLUMN fec.committee_summary.committee_id IS 'CMTE_ID';
COMMENT ON COLUMN fec.committee_summary.cycle IS
    'the two-year period, by the even year that ends it';
COMMENT ON COLUMN fec.committee_summary.committee_name IS 'CMTE_NM';
COMMENT ON COLUMN fec.committee_summary.committee_type IS 'CMTE_TP';
COMMENT ON COLUMN fec.committee_summary.committee_designation IS 'CMTE_DSGN';
COMMENT ON COLUMN fec.committee_summary.filing_frequency IS 'CMTE_FILING_FREQ';
COMMENT ON COLUMN fec.committee_summary.receipts IS 'TTL_RECEIPTS';
COMMENT ON COLUMN fec.committee_summary.transfers_from_affiliated_party IS 'TRANS_FROM_AFF';
COMMENT ON COLUMN fec.committee_summary.individual_contributions IS 'INDV_CONTRIB';
COMMENT ON COLUMN fec.committee_summary.other_political_committee_contributions IS
    'OTHER_POL_CMTE_CONTRIB';
COMMENT ON COLUMN fec.committee_summary.candidate_contribution IS 'CAND_CONTRIB';
COMMENT ON COLUMN fec.committee_summary.loans_made_by_candidate IS 'CAND_LOANS';
COMMENT ON COLUMN fec.committee_summary.loans IS 'TTL_LOANS_RECEIVED';
COMMENT ON COLUMN fec.committee_summary.disbursements IS 'TTL_DISB';
COMMENT ON COLUMN fec.committee_summary.transfers_to_affiliated_committee IS 'TRANF_TO_AFF';
COMMENT ON COLUMN fec.committee_summary.refunded_individual_contributions IS 'INDV_REFUNDS';
COMMENT ON COLUMN fec.committee_summary.refunded_other_political_committee_contributions IS
    'OTHER_POL_CMTE_REFUNDS';
COMMENT ON COLUMN fec.committee_summary.repayments_loans_made_by_candidate IS 'CAND_LOAN_REPAY';
COMMENT ON COLUMN fec.committee_summary.loan_repayments_made IS 'LOAN_REPAY';
COMMENT ON COLUMN fec.committee_summary.cash_on_hand_beginning_period IS 'COH_BOP';
COMMENT ON COLUMN fec.committee_summary.cash_on_hand_end_period IS 'COH_COP';
COMMENT ON COLUMN fec.committee_summary.debts_owed_by_committee IS 'DEBTS_OWED_BY';
COMMENT ON COLUMN fec.committee_summary.transfers_from_nonfed_account IS 'NONFED_TRANS_RECEIVED';
COMMENT ON COLUMN fec.committee_summary.fed_candidate_committee_contributions IS
    'CONTRIB_TO_OTHER_CMTE';
COMMENT ON COLUMN fec.committee_summary.independent_expenditures IS 'IND_EXP';
COMMENT ON COLUMN fec.committee_summary.coordinated_expenditures_by_party_committee IS
    'PTY_COORD_EXP';
COMMENT ON COLUMN fec.committee_summary.shared_nonfed_operating_expenditures IS 'NONFED_SHARE_EXP';
COMMENT ON COLUMN fec.committee_summary.coverage_end_date IS 'CVG_END_DT';
COMMENT ON COLUMN fec.committee_summary.coverage_end_date_as_filed IS
    'CVG_END_DT as filed, where it is no date';
COMMENT ON COLUMN fec.committee_summary.row_hash IS
    'XXH3 of the bulk record that says the same as the row; 0 if no such record has come';
COMMENT ON COLUMN fec.committee_summary.run_id IS
    'the run that brought the row as it is now (fec.run)';
COMMENT ON COLUMN fec.committee_summary.in_bulk IS
    'a bulk file has had the row; false: only the API has shown it so far';
SELECT fec.make_history('committee_summary');
