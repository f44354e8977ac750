-- Two roles and their database, made once by the superuser, whom nobody else uses. The owner migrates; the app can do no more than read and
-- write rows: it makes, changes and drops no table, and of the audit log it may not even empty it.
create role casement_owner login password :'owner_password';
create role casement_app login password :'app_password';
create database casement owner casement_owner;
revoke connect, temporary on database casement from public;
grant connect on database casement to casement_app;
\connect casement
revoke create on schema public from public;
grant usage, create on schema public to casement_owner;
grant usage on schema public to casement_app;
alter default privileges for role casement_owner in schema public
  grant select, insert, update, delete on tables to casement_app;
alter default privileges for role casement_owner in schema public grant usage, select on sequences to casement_app;
