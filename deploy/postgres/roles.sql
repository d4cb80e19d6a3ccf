-- Roles of the bundled database, made once, when its volume is empty:
--   postkorb_owner  owns the database and migrates it (`postkorb db upgrade`); no superuser, makes no roles
--   postkorb_app    the login of the services; may do what postkorb_service may, no DDL
--   postkorb_service, postkorb_analyst  groups; the migration grants them what they need, and makes them where its
--                   login may. Here they are made first, so that the owner needs no right to make roles.
\set ON_ERROR_STOP on
\getenv owner_password DATABASE_OWNER_PASSWORD
\getenv service_password DATABASE_SERVICE_PASSWORD

-- All or nothing; a second run changes what the first one made.
BEGIN;
SELECT format('CREATE ROLE %I', name)
FROM unnest(ARRAY['postkorb_service', 'postkorb_analyst', 'postkorb_owner', 'postkorb_app']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
ALTER ROLE postkorb_service NOLOGIN;
COMMENT ON ROLE postkorb_service IS 'What the services of Postkorb need, no DDL: grant it to their logins.';
ALTER ROLE postkorb_analyst NOLOGIN;
COMMENT ON ROLE postkorb_analyst IS 'Reads the views of Postkorb, no table: grant it to people.';
ALTER ROLE postkorb_owner LOGIN PASSWORD :'owner_password';
ALTER ROLE postkorb_app LOGIN PASSWORD :'service_password';
GRANT postkorb_service TO postkorb_app;

-- Whoever gives a database away must be able to become its new owner; an administrator of a managed server is no superuser.
GRANT postkorb_owner TO CURRENT_USER;
REVOKE ALL ON DATABASE :"DBNAME" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"DBNAME" TO postkorb_service, postkorb_analyst;
ALTER DATABASE :"DBNAME" OWNER TO postkorb_owner;
GRANT CONNECT ON DATABASE :"DBNAME" TO CURRENT_USER;
REVOKE postkorb_owner FROM CURRENT_USER;
COMMIT;
