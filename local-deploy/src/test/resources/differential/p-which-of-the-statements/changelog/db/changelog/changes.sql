--liquibase formatted sql
--changeset ann:1
create table a (id int);
create table b (id int);
create table c (id int);
insert into nowhere values (1);
create table d (id int);
