package io.keyturn.rotation.target.postgres;

class PostgresSingleRoleIT extends PostgresConformance {
    @Override
    PostgresPlan plan(String host, int port, String prefix) {
        return Servers.single(host, port, prefix);
    }
}
