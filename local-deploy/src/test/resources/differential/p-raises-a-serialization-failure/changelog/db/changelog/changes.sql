--liquibase formatted sql
--changeset ann:1 splitStatements:false
do $$ begin raise exception 'not today' using errcode = '40001'; end $$;
