--liquibase formatted sql
--changeset ann:1 runInTransaction:false
create table two (id int);
insert into two values (1);
