--liquibase formatted sql
--changeset ann:1
create table item (id int);
insert into item values (1), (1);
--changeset ann:2 runInTransaction:false
--preconditions onFail:MARK_RAN
--precondition-sql-check expectedResult:0 select count(*) from pg_class where relname = 'item_id'
create unique index concurrently item_id on item (id);
