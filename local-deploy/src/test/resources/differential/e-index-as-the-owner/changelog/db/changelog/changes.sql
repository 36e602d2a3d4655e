--liquibase formatted sql
--changeset ann:1 runInTransaction:false
set role ledger_owner;
create index concurrently account_name on ledger.account (name);
reset role;
