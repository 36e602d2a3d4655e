create table busy (id int);
alter table busy owner to app;
-- background: 3
lock table busy;
