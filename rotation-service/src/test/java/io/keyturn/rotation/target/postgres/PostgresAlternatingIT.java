package io.keyturn.rotation.target.postgres;

class PostgresAlternatingIT extends PostgresConformance {
    @Override
    PostgresPlan plan(String host, int port, String prefix) {
        return Servers.alternating(host, port, prefix, false);
    }
}
