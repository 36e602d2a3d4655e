--liquibase formatted sql
--changeset ann:1
create sequence batch;
create table entry (batch text, what text);
--changeset ann:2 runInTransaction:false
select set_config('app.batch', nextval('batch')::text, false);
insert into entry values (current_setting('app.batch'), 'first');
insert into nowhere values (1);
