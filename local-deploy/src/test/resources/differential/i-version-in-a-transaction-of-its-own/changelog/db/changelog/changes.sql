--liquibase formatted sql
--changeset ann:1
create table release (version text);
--changeset ann:2 runInTransaction:false splitStatements:false
begin;
insert into release values ('${version}');
commit;
insert into opened values (1);
