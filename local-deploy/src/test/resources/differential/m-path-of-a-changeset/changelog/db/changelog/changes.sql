--liquibase formatted sql
--changeset ann:1 logicalFilePath:classpath:db/one.sql
create table one (id int);
--changeset ann:2 logicalFilePath:db/two.sql
create table two (id int);
--changeset ann:3 runAlways:true logicalFilePath:classpath:db/three.sql
create table if not exists three (id int);
