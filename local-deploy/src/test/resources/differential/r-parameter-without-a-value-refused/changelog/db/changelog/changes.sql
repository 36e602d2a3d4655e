--liquibase formatted sql
--changeset ann:1
create table account (what text);
insert into account values ('${nobody.sets.this}');
