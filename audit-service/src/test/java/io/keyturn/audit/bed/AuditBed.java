package io.keyturn.audit.bed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;

import io.keyturn.contract.topic.Service;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.kafka.KafkaServer;
import io.keyturn.testbed.postgres.PostgresServer;
import io.keyturn.testbed.process.Tools;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;

/** Kafka and PostgreSQL as installers set them up: topics, ACLs and roles from deploy/; the service runs as its own principal. */
public final class AuditBed implements QuarkusTestResourceLifecycleManager {
    static final String DATABASE = "keyturn-audit";
    static final String OWNER = "keyturn-audit-owner";

    private static final String OWNER_PASSWORD = "owner-of-the-record";
    private static final String SERVICE_PASSWORD = "writer-of-the-record";

    @Override
    public Map<String, String> start() {
        var bed = Testbed.shared().begin(Testbed.Server.KAFKA, Testbed.Server.POSTGRES);
        var deploy = Tools.repository().resolve("deploy");
        bed.kafka().provision(deploy.resolve("kafka"));
        var postgres = bed.postgres();
        postgres.execute("postgres", "CREATE DATABASE \"" + DATABASE + "\"");
        try {
            postgres.execute(
                    DATABASE,
                    Files.readString(deploy.resolve("postgres/audit.sql"))
                            .replace("${owner_password}", OWNER_PASSWORD)
                            .replace("${service_password}", SERVICE_PASSWORD));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return config(bed.kafka(), postgres);
    }

    private static Map<String, String> config(KafkaServer kafka, PostgresServer postgres) {
        var config = new HashMap<String, String>();
        kafka.clientConfig(Service.AUDIT.principal()).forEach((name, value) -> config.put("kafka." + name, value));
        kafka.clientConfig(KafkaServer.ADMIN).forEach((name, value) -> config.put("bed.kafka." + name, value));
        config.put("quarkus.datasource.jdbc.url", postgres.jdbcUrl(DATABASE));
        config.put(
                "quarkus.datasource.reactive.url",
                "postgresql://" + postgres.host() + ":" + postgres.port() + "/" + DATABASE);
        config.put("quarkus.datasource.username", Service.AUDIT.principal());
        config.put("quarkus.datasource.password", SERVICE_PASSWORD);
        config.put("quarkus.flyway.username", OWNER);
        config.put("quarkus.flyway.password", OWNER_PASSWORD);
        config.put("bed.postgres.superuser-password", postgres.superuserPassword());
        config.put("keyturn.cluster", "c1");
        config.put("quarkus.http.test-port", "0");
        config.put("quarkus.otel.sdk.disabled", "true");
        return config;
    }

    @Override
    public void stop() {
        Testbed.shared().close();
    }
}
