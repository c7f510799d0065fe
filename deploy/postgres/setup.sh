#!/usr/bin/env bash
# Creates the databases of the services and their roles, one by one, with createdb and psql. Run it again at any time: it sets the
# passwords anew and changes nothing else. Who connects is said the usual way (PGHOST, PGUSER, PGPASSWORD …); for each service S of
# ROTATION, RESTART and AUDIT the passwords are in S_OWNER_PASSWORD and S_PASSWORD: letters, digits, + / = : $ and - only.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
harmless='^[A-Za-z0-9+/=:$-]+$'
export PGDATABASE=${PGDATABASE:-postgres}

for service in rotation restart audit; do
    owner=${service^^}_OWNER_PASSWORD
    own=${service^^}_PASSWORD
    for variable in "$owner" "$own"; do
        if [[ ! ${!variable:-} =~ $harmless ]]; then
            echo "setup.sh: $variable must be set, to letters, digits, + / = : \$ and - only" >&2
            exit 1
        fi
    done
    if [ -z "$(psql --no-psqlrc -Atc "select 1 from pg_database where datname = 'keyturn-$service'")" ]; then
        createdb "keyturn-$service"
    fi
    text=$(<"$here/$service.sql")
    text=${text//"\${owner_password}"/"${!owner}"}
    text=${text//"\${service_password}"/"${!own}"}
    psql --no-psqlrc --quiet -v ON_ERROR_STOP=1 "keyturn-$service" <<<"$text"
    echo "database keyturn-$service: ready"
done
