--liquibase formatted sql
--changeset ann:1
create table account (id int);
--changeset ann:2 runInTransaction:false
comment on table account is 'build ${build}';
insert into opened values (${build});
