--liquibase formatted sql
--changeset ann:1
create table account (id int);
--changeset ann:2 runInTransaction:false
insert into account values (1);
insert into opened values (1);
--changeset ann:3
create table entry (id int);
