--liquibase formatted sql
--changeset ann:1 runInTransaction:false
create table if not exists account (id int);
insert into nowhere values (1);
