--liquibase formatted sql
--changeset ann:1
create function check_it() returns trigger as $$
begin
  if new.id < 0 then
    raise exception 'negative';
  end if;
  return new;
end
$$ language plpgsql;
