--liquibase formatted sql
--changeset ann:1
create table customer (id int, name text);
insert into customer values (1, 'x'), (2, 'x'), (3, 'y');
create table found (what text);

--changeset ann:2 runInTransaction:false
create or replace temp view tall as select * from customer where id > 1;
insert into found select name from tall;
