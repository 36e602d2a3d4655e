--liquibase formatted sql
--changeset ann:1
create table account (id int);
--changeset ann:2 runInTransaction:false
create index concurrently account_id on account (id);
insert into account values (1);
