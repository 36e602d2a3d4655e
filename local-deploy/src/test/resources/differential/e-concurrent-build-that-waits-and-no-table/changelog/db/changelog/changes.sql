--liquibase formatted sql
--changeset ann:1
create table ledger.account (id int);
