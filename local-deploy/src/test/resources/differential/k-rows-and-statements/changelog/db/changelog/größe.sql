create table groesse (id int);
