--liquibase formatted sql
--changeset ann:1
create table customer (id int);
create table found (what text);
--changeset ann:2 runInTransaction:false
create temp table chosen as select 4 as id;
insert into customer select id from chosen;
insert into found select count(*) from chosen;
