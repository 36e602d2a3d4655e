--liquibase formatted sql
--changeset ann:1 runInTransaction:false
set role ledger_owner;
vacuum ledger.account;
reindex table concurrently ledger.account;
insert into ledger.account values (1, 'x');
comment on table ledger.account is 'kept';
reset role;
