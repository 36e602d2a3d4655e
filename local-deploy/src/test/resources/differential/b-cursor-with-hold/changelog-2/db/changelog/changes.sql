--liquibase formatted sql
--changeset ann:1
create table customer (id int, name text);
insert into customer values (1, 'x'), (2, 'x'), (3, 'y');
create table found (what text);

--changeset ann:2 runInTransaction:false
declare later cursor with hold for select id from customer;
move 1 in later;
insert into found values ('cursor');
close later;
