# watcher-service: the master from which the fingerprint keys of namespaces are derived. Nothing else; no value of anybody.
path "keyturn/data/fingerprint-master" {
  capabilities = ["read"]
}

path "keyturn/metadata/fingerprint-master" {
  capabilities = ["read"]
}
