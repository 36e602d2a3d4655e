--liquibase formatted sql
--changeset ann:2 runAlways:true
insert into ran values ('second');
