--liquibase formatted sql
--changeset ann:1
create table account (id int);
