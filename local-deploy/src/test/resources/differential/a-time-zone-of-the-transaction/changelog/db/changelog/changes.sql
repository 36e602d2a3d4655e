--liquibase formatted sql
--changeset ann:1
set local timezone = 'Pacific/Kiritimati';
create table account (id int, zone text default current_setting('timezone'));
insert into account values (1);
--changeset ann:2
set local timezone = 'Pacific/Pago_Pago';
insert into account values (2);
--changeset ann:3
create table entry (id int);
