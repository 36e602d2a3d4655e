--liquibase formatted sql
--changeset ann:1
create table "the ""odd"" one" (id int);
create materialized view counted as select count(*) from "the ""odd"" one";
create sequence numbers;
create table parts (id int) partition by range (id);
create table parts_1 partition of parts for values from (1) to (10);
