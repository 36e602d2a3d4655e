--liquibase formatted sql
--changeset ann:1
create table ledger.account (id int);
--changeset ann:2 runInTransaction:false
create index concurrently account_id on ledger.account (id);
insert into ledger.account values (1);
