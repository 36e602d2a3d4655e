--liquibase formatted sql
--changeset ann:1
create table customer (id int, name text);
insert into customer values (1, 'x'), (2, 'x'), (3, 'y');
create table found (what text);

--changeset ann:2 runInTransaction:false
select pg_advisory_lock(77);
insert into found select case when pg_advisory_unlock(77) then 'unlocked' else 'was not locked' end;
