--liquibase formatted sql
--changeset ann:1
create table account (id int);
--changeset ann:2 runOnChange:true runInTransaction:false
insert into account values (1);
insert into opened values (1);
