# An example for the people of namespace "shop": they read their live values, and only theirs.
# Give them no write on paths that a SecretRotation manages: a write in the middle of a run wins, and stops the run.
# Never give anybody the mounts keyturn and keyturn-pending.
path "secret/data/shop/*" {
  capabilities = ["read"]
}

path "secret/metadata/shop/*" {
  capabilities = ["read", "list"]
}
