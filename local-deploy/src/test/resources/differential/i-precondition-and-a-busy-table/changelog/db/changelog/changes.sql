--liquibase formatted sql
--changeset ann:1 runInTransaction:false
--preconditions onFail:MARK_RAN onError:HALT
--precondition-sql-check expectedResult:0 select count(*) from pg_tables where tablename = 'account'
create table account (id int);
alter table busy add column extra int;
insert into account values (1);
