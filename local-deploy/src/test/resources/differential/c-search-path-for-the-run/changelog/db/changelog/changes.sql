--liquibase formatted sql
--changeset ann:path runAlways:true
set search_path = ledger, public;
--changeset ann:1
create table account (id int);

--changeset ann:2
select pg_terminate_backend(pg_backend_pid()) where nextval('losses') = 1;

--changeset ann:3
create table entry (id int);
