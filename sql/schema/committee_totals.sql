-- committee_totals.sql - all committees, summary: the table of committee_summary_YYYY.csv. Included
-- by schema.sql. (fec.committee_summary is the table of webk, which has PACs and parties only.)
--
-- The key. A row is of a committee, a year and a candidate: a committee that has several candidates
-- has a row for each, alike in all other columns. So the key is made of these three, and a total
-- that the FEC corrects is a changed row. If ever two rows have the same three, the later ones get
-- -2, -3 ..., so that the table has as many rows as the file.

CREATE TABLE IF NOT EXISTS fec.committee_totals (
    record_key                                       text NOT NULL,
    cycle                                            smallint NOT NULL,
    link_image                                       text,
    committee_id                                     text,
    committee_name                                   text,
    committee_type                                   text,
    committee_designation                            text,
    filing_frequency                                 text,
    street_1                                         text,
    street_2                                         text,
    city                                             text,
    state                                            text,
    zip                                              text,
    treasurer_name                                   text,
    candidate_id                                     text,
    fec_election_year                                bigint,
    individual_contributions                         numeric(14,2),
    political_party_committee_contributions          numeric(14,2),
    other_political_committee_contributions          numeric(14,2),
    contributions                                    numeric(14,2),
    transfers_from_other_authorized_committee        numeric(14,2),
    offsets_to_operating_expenditures                numeric(14,2),
    other_receipts                                   numeric(14,2),
    receipts                                         numeric(14,2),
    transfers_to_other_authorized_committee          numeric(14,2),
    repayments_other_loans                           numeric(14,2),
    refunded_individual_contributions                numeric(14,2),
    refunded_political_party_committee_contributions numeric(14,2),
    contribution_refunds                             numeric(14,2),
    other_disbursements                              numeric(14,2),
    disbursements                                    numeric(14,2),
    net_contributions                                numeric(14,2),
    net_operating_expenditures                       numeric(14,2),
    cash_on_hand_beginning_period                    numeric(14,2),
    coverage_start_date                              date,
    cash_on_hand_end_period                          numeric(14,2),
    coverage_end_date                                date,
    debts_owed_by_committee                          numeric(14,2),
    debts_owed_to_committee                          numeric(14,2),
    individual_itemized_contributions                numeric(14,2),
    individual_unitemized_contributions              numeric(14,2),
    all_other_loans                                  numeric(14,2),
    transfers_from_nonfed_account                    numeric(14,2),
    transfers_from_nonfed_levin                      numeric(14,2),
    total_transfers                                  numeric(14,2),
    loan_repayments_received                         numeric(14,2),
    offsets_to_fundraising_expenditures              numeric(14,2),
    offsets_to_legal_accounting                      numeric(14,2),
    fed_candidate_contribution_refunds               numeric(14,2),
    fed_receipts                                     numeric(14,2),
    shared_fed_operating_expenditures                numeric(14,2),
    shared_nonfed_operating_expenditures             numeric(14,2),
    other_fed_operating_expenditures                 numeric(14,2),
    total_operating_expenditures                     numeric(14,2),
    fed_candidate_committee_contributions            numeric(14,2),
    independent_expenditures                         numeric(14,2),
    coordinated_expenditures_by_party_committee      numeric(14,2),
    loans_made                                       numeric(14,2),
    shared_fed_activity                              numeric(14,2),
    shared_fed_activity_nonfed                       numeric(14,2),
    non_allocated_fed_election_activity              numeric(14,2),
    fed_election_activity                            numeric(14,2),
    fed_disbursements                                numeric(14,2),
    candidate_contribution                           numeric(14,2),
    loans_made_by_candidate                          numeric(14,2),
    loans                                            numeric(14,2),
    operating_expenditures                           numeric(14,2),
    repayments_loans_made_by_candidate               numeric(14,2),
    loan_repayments                                  numeric(14,2),
    refunded_other_political_committee_contributions numeric(14,2),
    total_offsets_to_operating_expenditures          numeric(14,2),
    exempt_legal_accounting_disbursement             numeric(14,2),
    fundraising_disbursements                        numeric(14,2),
    itemized_refunds_relating_convention_exp         numeric(14,2),
    refunds_relating_convention_exp                  numeric(14,2),
    unitemized_refunds_relating_convention_exp       numeric(14,2),
    itemized_other_refunds                           numeric(14,2),
    unitemized_other_refunds                         numeric(14,2),
    other_refunds                                    numeric(14,2),
    itemized_other_income                            numeric(14,2),
    unitemized_other_income                          numeric(14,2),
    exp_prior_years_subject_limits                   numeric(14,2),
    exp_subject_limits                               numeric(14,2),
    federal_funds                                    numeric(14,2),
    itemized_convention_exp                          numeric(14,2),
    itemized_other_disb                              numeric(14,2),
    convention_exp                                   numeric(14,2),
    total_exp_subject_limits                         numeric(14,2),
    unitemized_convention_exp                        numeric(14,2),
    unitemized_other_disb                            numeric(14,2),
    total_communication_cost                         numeric(14,2),
    cash_on_hand_beginning_calendar_ytd              numeric(14,2),
    cash_on_hand_close_ytd                           numeric(14,2),
    organization_type                                text,
    coverage_start_date_as_filed                     text,
    coverage_end_date_as_filed                       text,
    row_hash                                         bigint NOT NULL,
    run_id                                           bigint NOT NULL,
    in_bulk                                          boolean NOT NULL DEFAULT true,
    PRIMARY KEY (record_key, cycle) INCLUDE (row_hash)
) PARTITION BY LIST (cycle);

COMMENT ON TABLE fec.committee_totals IS
    'All committees, summary (committee_summary_YYYY.csv). A committee with several candidates '
    'has a row for each, with the same totals.';
COMMENT ON COLUMN fec.committee_totals.record_key IS
    'CMTE_ID, FEC_ELECTION_YR and CAND_ID; of rows with the same three, a number after the first';
COMMENT ON COLUMN fec.committee_totals.cycle IS
    'the two-year period, by the even year that ends it';
COMMENT ON COLUMN fec.committee_totals.link_image IS
    'Link_Image: the page of the committee on fec.gov';
COMMENT ON COLUMN fec.committee_totals.committee_id IS 'CMTE_ID';
COMMENT ON COLUMN fec.committee_totals.committee_name IS 'CMTE_NM';
COMMENT ON COLUMN fec.committee_totals.committee_type IS 'CMTE_TP';
COMMENT ON COLUMN fec.committee_totals.committee_designation IS 'CMTE_DSGN';
COMMENT ON COLUMN fec.committee_totals.filing_frequency IS 'CMTE_FILING_FREQ';
COMMENT ON COLUMN fec.committee_totals.street_1 IS 'CMTE_ST1';
COMMENT ON COLUMN fec.committee_totals.street_2 IS 'CMTE_ST2';
COMMENT ON COLUMN fec.committee_totals.city IS 'CMTE_CITY';
COMMENT ON COLUMN fec.committee_totals.state IS 'CMTE_ST';
COMMENT ON COLUMN fec.committee_totals.zip IS 'CMTE_ZIP';
COMMENT ON COLUMN fec.committee_totals.treasurer_name IS 'TRES_NM';
COMMENT ON COLUMN fec.committee_totals.candidate_id IS 'CAND_ID';
COMMENT ON COLUMN fec.committee_totals.fec_election_year IS 'FEC_ELECTION_YR';
COMMENT ON COLUMN fec.committee_totals.individual_contributions IS 'INDV_CONTB: the two together';
COMMENT ON COLUMN fec.committee_totals.political_party_committee_contributions IS 'PTY_CMTE_CONTB';
COMMENT ON COLUMN fec.committee_totals.other_political_committee_contributions IS 'OTH_CMTE_CONTB';
COMMENT ON COLUMN fec.committee_totals.contributions IS 'TTL_CONTB';
COMMENT ON COLUMN fec.committee_totals.transfers_from_other_authorized_committee IS
    'TRANF_FROM_OTHER_AUTH_CMTE';
COMMENT ON COLUMN fec.committee_totals.offsets_to_operating_expenditures IS 'OFFSETS_TO_OP_EXP';
COMMENT ON COLUMN fec.committee_totals.other_receipts IS 'OTHER_RECEIPTS';
COMMENT ON COLUMN fec.committee_totals.receipts IS 'TTL_RECEIPTS';
COMMENT ON COLUMN fec.committee_totals.transfers_to_other_authorized_committee IS
    'TRANF_TO_OTHER_AUTH_CMTE';
COMMENT ON COLUMN fec.committee_totals.repayments_other_loans IS 'OTH_LOAN_REPYMTS';
COMMENT ON COLUMN fec.committee_totals.refunded_individual_contributions IS 'INDV_REF';
COMMENT ON COLUMN fec.committee_totals.refunded_political_party_committee_contributions IS
    'POL_PTY_CMTE_REF';
COMMENT ON COLUMN fec.committee_totals.contribution_refunds IS 'TTL_CONTB_REF';
COMMENT ON COLUMN fec.committee_totals.other_disbursements IS 'OTHER_DISB';
COMMENT ON COLUMN fec.committee_totals.disbursements IS 'TTL_DISB';
COMMENT ON COLUMN fec.committee_totals.net_contributions IS 'NET_CONTB';
COMMENT ON COLUMN fec.committee_totals.net_operating_expenditures IS 'NET_OP_EXP';
COMMENT ON COLUMN fec.committee_totals.cash_on_hand_beginning_period IS 'COH_BOP';
COMMENT ON COLUMN fec.committee_totals.coverage_start_date IS 'CVG_START_DT';
COMMENT ON COLUMN fec.committee_totals.cash_on_hand_end_period IS 'COH_COP';
COMMENT ON COLUMN fec.committee_totals.coverage_end_date IS 'CVG_END_DT';
COMMENT ON COLUMN fec.committee_totals.debts_owed_by_committee IS 'DEBTS_OWED_BY_CMTE';
COMMENT ON COLUMN fec.committee_totals.debts_owed_to_committee IS 'DEBTS_OWED_TO_CMTE';
COMMENT ON COLUMN fec.committee_totals.individual_itemized_contributions IS
    'INDV_ITEM_CONTB: itemized contributions of individuals';
COMMENT ON COLUMN fec.committee_totals.individual_unitemized_contributions IS
    'INDV_UNITEM_CONTB: contributions of individuals that need not be itemized';
COMMENT ON COLUMN fec.committee_totals.all_other_loans IS 'OTH_LOANS';
COMMENT ON COLUMN fec.committee_totals.transfers_from_nonfed_account IS 'TRANF_FROM_NONFED_ACCT';
COMMENT ON COLUMN fec.committee_totals.transfers_from_nonfed_levin IS 'TRANF_FROM_NONFED_LEVIN';
COMMENT ON COLUMN fec.committee_totals.total_transfers IS 'TTL_NONFED_TRANF';
COMMENT ON COLUMN fec.committee_totals.loan_repayments_received IS 'LOAN_REPYMTS_RECEIVED';
COMMENT ON COLUMN fec.committee_totals.offsets_to_fundraising_expenditures IS 'OFFSETS_TO_FNDRSG';
COMMENT ON COLUMN fec.committee_totals.offsets_to_legal_accounting IS 'OFFSETS_TO_LEGAL_ACCTG';
COMMENT ON COLUMN fec.committee_totals.fed_candidate_contribution_refunds IS 'FED_CAND_CONTB_REF';
COMMENT ON COLUMN fec.committee_totals.fed_receipts IS 'TTL_FED_RECEIPTS';
COMMENT ON COLUMN fec.committee_totals.shared_fed_operating_expenditures IS 'SHARED_FED_OP_EXP';
COMMENT ON COLUMN fec.committee_totals.shared_nonfed_operating_expenditures IS
    'SHARED_NONFED_OP_EXP';
COMMENT ON COLUMN fec.committee_totals.other_fed_operating_expenditures IS 'OTHER_FED_OP_EXP';
COMMENT ON COLUMN fec.committee_totals.total_operating_expenditures IS 'TTL_OP_EXP';
COMMENT ON COLUMN fec.committee_totals.fed_candidate_committee_contributions IS
    'FED_CAND_CMTE_CONTB';
COMMENT ON COLUMN fec.committee_totals.independent_expenditures IS 'INDT_EXP';
COMMENT ON COLUMN fec.committee_totals.coordinated_expenditures_by_party_committee IS
    'COORD_EXP_BY_PTY_CMTE';
COMMENT ON COLUMN fec.committee_totals.loans_made IS 'LOANS_MADE';
COMMENT ON COLUMN fec.committee_totals.shared_fed_activity IS 'SHARED_FED_ACTVY_FED_SHR';
COMMENT ON COLUMN fec.committee_totals.shared_fed_activity_nonfed IS 'SHARED_FED_ACTVY_NONFED';
COMMENT ON COLUMN fec.committee_totals.non_allocated_fed_election_activity IS
    'NON_ALLOC_FED_ELECT_ACTVY';
COMMENT ON COLUMN fec.committee_totals.fed_election_activity IS 'TTL_FED_ELECT_ACTVY';
COMMENT ON COLUMN fec.committee_totals.fed_disbursements IS 'TTL_FED_DISB';
COMMENT ON COLUMN fec.committee_totals.candidate_contribution IS 'CAND_CNTB';
COMMENT ON COLUMN fec.committee_totals.loans_made_by_candidate IS 'CAND_LOAN';
COMMENT ON COLUMN fec.committee_totals.loans IS 'TTL_LOANS';
COMMENT ON COLUMN fec.committee_totals.operating_expenditures IS 'OP_EXP';
COMMENT ON COLUMN fec.committee_totals.repayments_loans_made_by_candidate IS 'CAND_LOAN_REPYMNT';
COMMENT ON COLUMN fec.committee_totals.loan_repayments IS 'TTL_LOAN_REPYMTS';
COMMENT ON COLUMN fec.committee_totals.refunded_other_political_committee_contributions IS
    'OTH_CMTE_REF';
COMMENT ON COLUMN fec.committee_totals.total_offsets_to_operating_expenditures IS
    'TTL_OFFSETS_TO_OP_EXP';
COMMENT ON COLUMN fec.committee_totals.exempt_legal_accounting_disbursement IS
    'EXEMPT_LEGAL_ACCTG_DISB';
COMMENT ON COLUMN fec.committee_totals.fundraising_disbursements IS 'FNDRSG_DISB';
COMMENT ON COLUMN fec.committee_totals.itemized_refunds_relating_convention_exp IS
    'ITEM_REF_REB_RET';
COMMENT ON COLUMN fec.committee_totals.refunds_relating_convention_exp IS 'SUBTTL_REF_REB_RET';
COMMENT ON COLUMN fec.committee_totals.unitemized_refunds_relating_convention_exp IS
    'UNITEM_REF_REB_RET';
COMMENT ON COLUMN fec.committee_totals.itemized_other_refunds IS 'ITEM_OTHER_REF_REB_RET';
COMMENT ON COLUMN fec.committee_totals.unitemized_other_refunds IS 'UNITEM_OTHER_REF_REB_RET';
COMMENT ON COLUMN fec.committee_totals.other_refunds IS 'SUBTTL_OTHER_REF_REB_RET';
COMMENT ON COLUMN fec.committee_totals.itemized_other_income IS 'ITEM_OTHER_INCOME';
COMMENT ON COLUMN fec.committee_totals.unitemized_other_income IS 'UNITEM_OTHER_INCOME';
COMMENT ON COLUMN fec.committee_totals.exp_prior_years_subject_limits IS
    'EXP_PRIOR_YRS_SUBJECT_LIM';
COMMENT ON COLUMN fec.committee_totals.exp_subject_limits IS 'EXP_SUBJECT_LIMITS';
COMMENT ON COLUMN fec.committee_totals.federal_funds IS 'FED_FUNDS';
COMMENT ON COLUMN fec.committee_totals.itemized_convention_exp IS 'ITEM_CONVN_EXP_DISB';
COMMENT ON COLUMN fec.committee_totals.itemized_other_disb IS 'ITEM_OTHER_DISB';
COMMENT ON COLUMN fec.committee_totals.convention_exp IS 'SUBTTL_CONVN_EXP_DISB';
COMMENT ON COLUMN fec.committee_totals.total_exp_subject_limits IS 'TTL_EXP_SUBJECT_LIMITS';
COMMENT ON COLUMN fec.committee_totals.unitemized_convention_exp IS 'UNITEM_CONVN_EXP_DISB';
COMMENT ON COLUMN fec.committee_totals.unitemized_other_disb IS 'UNITEM_OTHER_DISB';
COMMENT ON COLUMN fec.committee_totals.total_communication_cost IS 'TTL_COMMUNICATION_COST';
COMMENT ON COLUMN fec.committee_totals.cash_on_hand_beginning_calendar_ytd IS 'COH_BOY';
COMMENT ON COLUMN fec.committee_totals.cash_on_hand_close_ytd IS 'COH_COY';
COMMENT ON COLUMN fec.committee_totals.organization_type IS 'ORG_TP';
COMMENT ON COLUMN fec.committee_totals.coverage_start_date_as_filed IS
    'CVG_START_DT as filed, where it is no date';
COMMENT ON COLUMN fec.committee_totals.coverage_end_date_as_filed IS
    'CVG_END_DT as filed, where it is no date';
COMMENT ON COLUMN fec.committee_totals.row_hash IS
    'XXH3 of the bulk record that says the same as the row; 0 if no such record has come';
COMMENT ON COLUMN fec.committee_totals.run_id IS
    'the run that brought the row as it is now (fec.run)';
COMMENT ON COLUMN fec.committee_totals.in_bulk IS
    'a bulk file has had the row; false: only the API has shown it so far';
SELECT fec.make_history('committee_totals');
