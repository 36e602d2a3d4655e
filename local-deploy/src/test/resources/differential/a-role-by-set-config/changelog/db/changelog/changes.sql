--liquibase formatted sql
--changeset ann:1
select set_config('role', 'ledger_owner', true);
create table ledger.account (id int);
--changeset ann:2
do 'begin perform set_config(''role'', ''ledger_owner'', true); create table ledger.entry (id int); end';
--changeset ann:3
create table note (id int);
