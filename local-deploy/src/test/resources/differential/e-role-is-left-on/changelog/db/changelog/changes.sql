--liquibase formatted sql
--changeset ann:1 runInTransaction:false
set role ledger_owner;
create index concurrently account_name on ledger.account (name);
--changeset ann:2 runInTransaction:false
alter table ledger.account add column age int;
create index concurrently account_age on ledger.account (age);
--changeset ann:3
reset role;
