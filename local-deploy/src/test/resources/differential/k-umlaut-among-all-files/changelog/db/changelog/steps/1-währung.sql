--liquibase formatted sql
--changeset ann:1
create table waehrung (id int);
