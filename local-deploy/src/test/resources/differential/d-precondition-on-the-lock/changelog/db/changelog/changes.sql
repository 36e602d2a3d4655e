--liquibase formatted sql
--changeset ann:1
--preconditions onFail:HALT
--precondition-sql-check expectedResult:1 select count(*) from databasechangeloglock where id = 1
create table account (id int);
