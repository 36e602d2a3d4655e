--liquibase formatted sql
--changeset ann:1
create table account (id int);
--changeset ann:2
set client_encoding = 'LATIN1';
create table entry (id int);
