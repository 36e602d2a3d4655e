--liquibase formatted sql
--changeset ann:1
create table release (version text);
--changeset ann:2 runInTransaction:false
insert into release values ('${version}');
insert into opened values (1);
