#!/bin/bash
# Run by the image of PostgreSQL when its volume is new.
set -euo pipefail
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres --no-psqlrc \
  -v owner_password="$(cat /run/secrets/postgres_owner_password)" \
  -v app_password="$(cat /run/secrets/postgres_app_password)" \
  -f /compose/roles.sql
