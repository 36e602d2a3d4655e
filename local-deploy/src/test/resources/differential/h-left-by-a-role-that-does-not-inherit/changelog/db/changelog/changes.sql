--liquibase formatted sql
--changeset ann:1 runInTransaction:false
set role ledger_owner_2;
create unique index concurrently account_name on ledger.account (name);
reset role;
