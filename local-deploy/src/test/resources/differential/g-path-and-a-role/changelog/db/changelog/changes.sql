--liquibase formatted sql
--changeset ann:1
set local role ledger_owner;
create table account (id int);
--changeset ann:2
create table entry (id int, made text default helper());
insert into entry values (1);
