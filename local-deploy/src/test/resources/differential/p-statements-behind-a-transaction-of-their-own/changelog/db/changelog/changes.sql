--liquibase formatted sql
--changeset ann:1
create table account (id int);
--changeset ann:2 runInTransaction:false splitStatements:false
begin;
insert into account values (1);
commit;
delete from account;
insert into nowhere values (1);
