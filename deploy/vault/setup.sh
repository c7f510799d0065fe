#!/bin/sh
# Prepares Vault or OpenBao for Keyturn. Run it again at any time: what is there stays as it is.
#
#   VAULT_ADDR / BAO_ADDR, VAULT_TOKEN / BAO_TOKEN   where, and as whom (somebody who may enable mounts and write policies)
#   KEYTURN_VAULT_CLI            bao or vault; default: whichever is installed
#   KEYTURN_KUBERNETES_HOST      URL of the Kubernetes API as Vault reaches it; needed unless auth/kubernetes is configured already
#   KEYTURN_KUBERNETES_CA        file with the CA of that API; default: Vault's own pod's
#   KEYTURN_REVIEWER_TOKEN_FILE  file with a token that may review tokens (system:auth-delegator); default: Vault's own pod's
#   KEYTURN_VAULT_AUTH           kubernetes (default), or userpass where the services run outside Kubernetes; then their passwords are
#                                in KEYTURN_WATCHER_PASSWORD and KEYTURN_ROTATION_PASSWORD
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cli=${KEYTURN_VAULT_CLI:-$(command -v bao || command -v vault || true)}
if [ -z "$cli" ]; then
    echo "setup.sh: neither bao nor vault is installed; install one or set KEYTURN_VAULT_CLI" >&2
    exit 1
fi

mounts=$("$cli" secrets list -format=json)
methods=$("$cli" auth list -format=json)

has() { # has <json> <name>/
    printf '%s' "$1" | grep -q "\"$2\""
}

kv_mount() {
    if has "$mounts" "$1/"; then
        echo "mount $1: there"
    else
        "$cli" secrets enable -path="$1" -version=2 kv >/dev/null
        echo "mount $1: enabled"
    fi
}

# The mount of live values is yours: it is only checked.
if ! "$cli" read -field=options -format=json sys/mounts/secret 2>/dev/null | grep -q '"version": *"2"'; then
    echo "setup.sh: mount 'secret' must be a KV version 2 mount; enable it with: $cli secrets enable -path=secret -version=2 kv" >&2
    exit 1
fi
echo "mount secret: there"
kv_mount keyturn
kv_mount keyturn-pending

# 32 random bytes, made once. cas=0 means "only if absent", so two runs at once cannot replace each other's; the value goes
# through a pipe and is never shown.
if "$cli" kv metadata get -mount=keyturn fingerprint-master >/dev/null 2>&1; then
    echo "fingerprint master: there"
elif head -c 32 /dev/urandom | base64 | tr -d '\n' \
        | "$cli" kv put -mount=keyturn -cas=0 fingerprint-master key=- >/dev/null 2>&1; then
    echo "fingerprint master: made"
elif "$cli" kv metadata get -mount=keyturn fingerprint-master >/dev/null 2>&1; then
    echo "fingerprint master: made by somebody else meanwhile"
else
    echo "setup.sh: could not write keyturn/fingerprint-master; may this token write the mount 'keyturn'?" >&2
    exit 1
fi

for service in watcher rotation; do
    "$cli" policy write "keyturn-$service" "$here/policies/keyturn-$service.hcl" >/dev/null
    echo "policy keyturn-$service: written"
done

if [ "${KEYTURN_VAULT_AUTH:-kubernetes}" = userpass ]; then
    if ! has "$methods" userpass/; then
        "$cli" auth enable userpass >/dev/null
        echo "auth userpass: enabled"
    fi
    if [ -z "${KEYTURN_WATCHER_PASSWORD:-}" ] || [ -z "${KEYTURN_ROTATION_PASSWORD:-}" ]; then
        echo "setup.sh: set KEYTURN_WATCHER_PASSWORD and KEYTURN_ROTATION_PASSWORD" >&2
        exit 1
    fi
    user() { # user <service> <password>; the password goes through a pipe and is never shown
        printf '%s' "$2" \
            | "$cli" write "auth/userpass/users/keyturn-$1" password=- token_policies="keyturn-$1" token_ttl=20m >/dev/null
        echo "user keyturn-$1: written"
    }
    user watcher "$KEYTURN_WATCHER_PASSWORD"
    user rotation "$KEYTURN_ROTATION_PASSWORD"
    exit
fi

if ! has "$methods" kubernetes/; then
    "$cli" auth enable kubernetes >/dev/null
    echo "auth kubernetes: enabled"
fi
if [ -n "${KEYTURN_KUBERNETES_HOST:-}" ]; then
    set -- kubernetes_host="$KEYTURN_KUBERNETES_HOST"
    if [ -n "${KEYTURN_KUBERNETES_CA:-}" ]; then
        set -- "$@" kubernetes_ca_cert="@$KEYTURN_KUBERNETES_CA"
    fi
    if [ -n "${KEYTURN_REVIEWER_TOKEN_FILE:-}" ]; then
        set -- "$@" token_reviewer_jwt="@$KEYTURN_REVIEWER_TOKEN_FILE"
    fi
    "$cli" write auth/kubernetes/config "$@" >/dev/null
    echo "auth kubernetes: configured"
elif ! "$cli" read auth/kubernetes/config >/dev/null 2>&1; then
    echo "setup.sh: auth/kubernetes is not configured; set KEYTURN_KUBERNETES_HOST" >&2
    exit 1
fi

for service in watcher rotation; do
    "$cli" write "auth/kubernetes/role/keyturn-$service" \
        bound_service_account_names="keyturn-$service" \
        bound_service_account_namespaces=keyturn-system \
        audience=vault \
        token_policies="keyturn-$service" \
        token_ttl=20m >/dev/null
    echo "role keyturn-$service: written"
done
