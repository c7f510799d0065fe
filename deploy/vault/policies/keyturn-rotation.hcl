# rotation-service: the live values and the pending ones. Not the fingerprint master: a path that no policy names is denied.

# Live values. A SecretRotation may only name paths whose first segment is its namespace, and rotation-service checks that;
# to bind it by policy too, replace these two by one pair per namespace, such as "secret/data/shop/*".
path "secret/data/*" {
  capabilities = ["create", "read", "update", "patch"]
}

path "secret/metadata/*" {
  capabilities = ["create", "read", "update", "patch"]
}

# Pending values: written here before any target sees them. No other policy may name this mount.
path "keyturn-pending/data/*" {
  capabilities = ["create", "read", "update", "delete"]
}

path "keyturn-pending/metadata/*" {
  capabilities = ["create", "read", "update", "delete", "list"]
}
