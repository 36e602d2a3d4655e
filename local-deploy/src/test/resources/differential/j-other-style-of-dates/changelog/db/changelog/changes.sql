--liquibase formatted sql
--changeset ann:1
set datestyle = 'German';
create table account (id int);
