create table opened (id int);
alter table opened owner to app;
