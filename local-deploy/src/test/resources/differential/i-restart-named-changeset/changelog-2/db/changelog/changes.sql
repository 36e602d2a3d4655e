--liquibase formatted sql
--changeset ann:1 runInTransaction:false
create table if not exists account (id int primary key);
create table if not exists entry (id int);
