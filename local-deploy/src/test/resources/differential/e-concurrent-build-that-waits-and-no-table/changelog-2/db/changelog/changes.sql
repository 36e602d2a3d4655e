--liquibase formatted sql
--changeset ann:1
create table ledger.account (id int);
--changeset ann:2 runInTransaction:false
create index concurrently busy_id on ledger.busy (id);
