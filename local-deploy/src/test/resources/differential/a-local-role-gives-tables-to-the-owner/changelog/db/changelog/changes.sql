--liquibase formatted sql
--changeset ann:1
set local role ledger_owner;
create table ledger.account (id int primary key, name text);
create index account_name on ledger.account (name);
--changeset ann:2
create table note (id int);
