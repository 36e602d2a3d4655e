create table busy (id int);
alter table busy owner to app;
-- background: 2
lock table busy;
