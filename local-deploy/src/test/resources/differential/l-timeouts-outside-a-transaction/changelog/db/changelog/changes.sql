--liquibase formatted sql
--changeset ann:1
create table noted (lock_timeout text, statement_timeout text);
--changeset ann:2 runInTransaction:false
set lock_timeout = '22s';
set statement_timeout = '9s';
insert into noted select current_setting('lock_timeout'), current_setting('statement_timeout');
insert into noted select current_setting('lock_timeout'), current_setting('statement_timeout');
reset lock_timeout;
reset statement_timeout;
