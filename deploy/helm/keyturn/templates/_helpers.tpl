{{/* Labels of every object. Argument: dict "root" $ "name" keyturn-watcher */}}
{{- define "keyturn.labels" -}}
app.kubernetes.io/part-of: keyturn
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{/* What never changes, for selectors */}}
{{- define "keyturn.selector" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end }}

{{- define "keyturn.image" -}}
{{- with .root.Values.image.registry }}{{ . }}/{{ end }}{{ .name }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}
{{- end }}

{{/* true for the services that talk to Vault */}}
{{- define "keyturn.usesVault" -}}
{{- if has .key (list "watcher" "rotation") }}true{{ end }}
{{- end }}

{{- define "keyturn.usesSasl" -}}
{{- if hasPrefix "SASL" .root.Values.kafka.securityProtocol }}true{{ end }}
{{- end }}

{{/* application.properties of one service. Argument: dict "root" $ "key" watcher "name" keyturn-watcher "service" values */}}
{{- define "keyturn.properties" -}}
{{- $v := .root.Values -}}
keyturn.cluster={{ $v.cluster }}
quarkus.http.port=8080
kafka.bootstrap.servers={{ $v.kafka.bootstrapServers }}
kafka.security.protocol={{ $v.kafka.securityProtocol }}
{{- if include "keyturn.usesSasl" . }}
kafka.sasl.mechanism={{ $v.kafka.saslMechanism }}
{{- end }}
{{- if $v.kafka.caConfigMap }}
kafka.ssl.truststore.type=PEM
kafka.ssl.truststore.location=/etc/keyturn/kafka/ca.crt
{{- end }}
{{- if include "keyturn.usesVault" . }}
quarkus.vault.url={{ $v.vault.address }}
quarkus.vault.authentication.kubernetes.role={{ .name }}
quarkus.vault.authentication.kubernetes.jwt-token-path=/var/run/secrets/keyturn/vault/token
{{- if $v.vault.caConfigMap }}
quarkus.vault.tls.ca-cert=/etc/keyturn/vault/ca.crt
{{- end }}
{{- end }}
{{- with .service.database }}
{{- $tls := $v.database.tls }}
quarkus.datasource.username={{ $.name }}
quarkus.flyway.username={{ $.name }}-owner
quarkus.datasource.jdbc.url=jdbc:postgresql://{{ .host }}:{{ .port }}/{{ .name }}?sslmode={{ $tls.mode }}{{ if $tls.caConfigMap }}&sslrootcert=/etc/keyturn/database/ca.crt{{ end }}
quarkus.datasource.reactive.url=postgresql://{{ .host }}:{{ .port }}/{{ .name }}
quarkus.datasource.reactive.postgresql.ssl-mode={{ $tls.mode }}
{{- if eq $tls.mode "verify-full" }}
quarkus.datasource.reactive.hostname-verification-algorithm=HTTPS
{{- end }}
{{- if eq $tls.mode "require" }}
quarkus.datasource.reactive.trust-all=true
{{- else if $tls.caConfigMap }}
quarkus.datasource.reactive.trust-certificate-pem=true
quarkus.datasource.reactive.trust-certificate-pem.certs=/etc/keyturn/database/ca.crt
{{- end }}
{{- end }}
{{- if $v.tracing.endpoint }}
quarkus.otel.exporter.otlp.endpoint={{ $v.tracing.endpoint }}
quarkus.otel.traces.sampler.arg={{ $v.tracing.ratio }}
{{- end }}
{{- range $property, $value := .service.config }}
{{ $property }}={{ $value }}
{{- end }}
{{- end }}

{{/* name and ConfigMap of the authorities that a service must know */}}
{{- define "keyturn.authorities" -}}
{{- $v := .root.Values -}}
{{- $found := dict -}}
{{- with $v.kafka.caConfigMap }}{{- $_ := set $found "kafka" . }}{{- end }}
{{- if and (include "keyturn.usesVault" .) $v.vault.caConfigMap }}{{- $_ := set $found "vault" $v.vault.caConfigMap }}{{- end }}
{{- if and .service.database $v.database.tls.caConfigMap }}{{- $_ := set $found "database" $v.database.tls.caConfigMap }}{{- end }}
{{- toJson $found }}
{{- end }}
