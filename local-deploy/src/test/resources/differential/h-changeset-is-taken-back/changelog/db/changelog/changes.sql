--liquibase formatted sql
--changeset ann:1
create table item (id int);
insert into item values (1), (1);
--changeset ann:2 runInTransaction:false
create unique index concurrently item_id on item (id);
