create table busy (id int);
alter table busy owner to app;
-- background: 4
lock table busy;
