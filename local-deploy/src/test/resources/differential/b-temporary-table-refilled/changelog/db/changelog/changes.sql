--liquibase formatted sql
--changeset ann:1
create table customer (id int, name text);
insert into customer values (1, 'x'), (2, 'x'), (3, 'y');
create table found (what text);

--changeset ann:2 runInTransaction:false
create temp table twice (id int);
insert into twice select max(id) from customer group by name having count(*) > 1;
delete from costumer where id in (select id from twice);
