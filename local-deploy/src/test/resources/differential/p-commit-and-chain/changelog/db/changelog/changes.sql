--liquibase formatted sql
--changeset ann:1
create table account (id int);
--changeset ann:2 runInTransaction:false splitStatements:false
begin;
insert into account values (1);
commit and chain;
insert into account values (2);
rollback;
insert into account values (3);
