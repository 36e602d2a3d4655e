--liquibase formatted sql
--changeset ann:1 runInTransaction:false
create table one (id int);
insert into missing values (1);
