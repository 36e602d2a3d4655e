--liquibase formatted sql
--changeset ann:1
create table ete (id int);
