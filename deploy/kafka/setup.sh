#!/usr/bin/env bash
# Creates the topics of topics.yaml and the ACLs of acls.yaml with Kafka's own command line tools. Run it again at any time:
# what is there stays as it is.
#
#   KAFKA_BOOTSTRAP_SERVERS   where
#   KAFKA_CLIENT_CONFIG       properties file of somebody who may create topics and ACLs; may be absent without security
#   KAFKA_BIN                 folder of kafka-topics.sh and kafka-acls.sh; default: /opt/kafka/bin
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
bin=${KAFKA_BIN:-/opt/kafka/bin}
if [ -z "${KAFKA_BOOTSTRAP_SERVERS:-}" ]; then
    echo "setup.sh: set KAFKA_BOOTSTRAP_SERVERS" >&2
    exit 1
fi
if [ ! -x "$bin/kafka-topics.sh" ]; then
    echo "setup.sh: $bin has no kafka-topics.sh; set KAFKA_BIN" >&2
    exit 1
fi
connection=(--bootstrap-server "$KAFKA_BOOTSTRAP_SERVERS")
if [ -n "${KAFKA_CLIENT_CONFIG:-}" ]; then
    connection+=(--command-config "$KAFKA_CLIENT_CONFIG")
fi

# One line per topic: name, partitions, then its settings as key=value.
topics() {
    awk '
        /^- name: /        { if (line) print line; line = $3 }
        /^  partitions: /  { line = line " " $2 }
        /^    [a-z]/       { gsub(/[:"]/, "", $1); gsub(/"/, "", $2); line = line " " $1 "=" $2 }
        END                { if (line) print line }' "$here/topics.yaml"
}

# One line per group of rules that differ in the name only: principal, resource, pattern, operations, names.
acls() {
    awk '
        function done() {
            if (principal == "") return
            group = principal " " resource " " pattern " " operations
            if (!(group in names)) order[++count] = group
            names[group] = names[group] " " name
            operations = ""
        }
        /^- principal: /   { done(); principal = $3 }
        /^  resource: /    { resource = $2 }
        /^  name: /        { name = $2 }
        /^  pattern: /     { pattern = $2 }
        /^  - /            { operations = operations (operations == "" ? "" : ",") $2 }
        END                { done(); for (i = 1; i <= count; i++) print order[i] names[order[i]] }' "$here/acls.yaml"
}

while read -r name partitions settings; do
    command=(--create --if-not-exists --topic "$name" --partitions "$partitions")
    for setting in $settings; do
        command+=(--config "$setting")
    done
    "$bin/kafka-topics.sh" "${connection[@]}" "${command[@]}" </dev/null >/dev/null
    echo "topic $name: there"
done < <(topics)

while read -r principal resource pattern operations names; do
    command=(--add --allow-principal "User:$principal" --resource-pattern-type "$pattern")
    for operation in ${operations//,/ }; do
        command+=(--operation "$operation")
    done
    for name in $names; do
        command+=("--$resource" "$name")
    done
    "$bin/kafka-acls.sh" "${connection[@]}" "${command[@]}" </dev/null >/dev/null
    echo "principal $principal: $operations on $resource"
done < <(acls)
