--liquibase formatted sql
--changeset ann:1
create table account (id int);
--changeset ann:2
alter table account add column name text;
create index account_name on account (name);
