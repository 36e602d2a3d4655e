--liquibase formatted sql
--changeset ann:1
create table customer (id int, name text);
insert into customer values (1, 'x'), (2, 'x'), (3, 'y');
create table found (what text);

--changeset ann:2 runInTransaction:false
with s as (select set_config('app.tenant', 'acme', false) as t) select t from s;
insert into fuond values (current_setting('app.tenant', true));
