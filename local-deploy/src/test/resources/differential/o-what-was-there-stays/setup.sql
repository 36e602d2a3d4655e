create table theirs (id int);
alter table theirs owner to app;
insert into theirs values (1);
