--liquibase formatted sql
--changeset ann:role runAlways:true
set role ledger_owner;
--changeset ann:1
create table ledger.account (id int);
--changeset ann:2
select lose();
--changeset ann:3
create table ledger.entry (id int);
