package io.keyturn.testbed.canary;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.keyturn.testbed.kafka.KafkaServer;
import io.keyturn.testbed.platform.TraceSink;
import io.keyturn.testbed.postgres.PostgresServer;

/**
 * Looks for planted secret values where none may be: Kafka, PostgreSQL, files, Kubernetes objects, HTTP answers, traces; raw, as
 * JSON, base64 (once and twice), hex and URL-encoded. Collects what it found and how much it looked at; the report never
 * shows a value.
 */
public final class SecretCanary {

    private final Needles needles;
    private final List<Find> finds = new ArrayList<>();
    private final Map<String, Integer> searched = new TreeMap<>();

    /**
     * What a search came to.
     *
     * @param finds where values were found; empty is what a test wants
     * @param searched number of records, rows, files, objects, answers or exports that were read, by kind of place: zero proves nothing
     */
    public record Report(List<Find> finds, Map<String, Integer> searched) {

        /** Whether nothing was found. */
        public boolean isClean() {
            return finds.isEmpty();
        }
    }

    /** Searches for these values, given by a name that the report may show. */
    public SecretCanary(Map<String, String> planted) {
        this.needles = new Needles(planted);
    }

    /** Keys, values and headers of every record of every topic, the internal ones too. */
    public SecretCanary searchKafka(KafkaServer kafka) {
        KafkaSearch.search(kafka, this::look);
        return this;
    }

    /** Every row of every table of every database, the data directory's files, the server's log. */
    public SecretCanary searchPostgres(PostgresServer postgres) {
        return searchTables(postgres).searchFiles(postgres.dataDirectory()).searchFiles(postgres.log());
    }

    /** Every row of every table of every database, system catalogues too. */
    public SecretCanary searchTables(PostgresServer postgres) {
        try {
            PostgresSearch.search(postgres, this::look);
        } catch (SQLException e) {
            throw new IllegalStateException("the canary cannot read PostgreSQL: SQLSTATE " + e.getSQLState(), e);
        }
        return this;
    }

    /** A file, or every file under a folder. */
    public SecretCanary searchFiles(Path path) {
        try {
            FileSearch.search(path, needles.longest(), this::look);
        } catch (IOException e) {
            throw new IllegalStateException("the canary cannot read files", e);
        }
        return this;
    }

    /**
     * Every object of every kind of the cluster, except Secrets named {@code namespace/name} here: those that are meant to
     * hold the value.
     */
    public SecretCanary searchKubernetes(KubernetesClient admin, Collection<String> allowedSecrets) {
        KubernetesSearch.search(admin, allowedSecrets, this::look);
        return this;
    }

    /** Headers and bodies of the answers to a GET; that an address does not answer, or not with that status, is an error. */
    public SecretCanary searchHttp(Map<URI, Integer> addresses) {
        try {
            HttpSearch.search(addresses, this::look);
        } catch (IOException e) {
            throw new IllegalStateException("the canary got no answer over HTTP", e);
        }
        return this;
    }

    /** Every export of spans so far, as it came. */
    public SecretCanary searchTraces(TraceSink traces) {
        traces.received().forEach(export -> look("exports", "exported spans", export));
        return this;
    }

    /** What all searches so far found. */
    public Report report() {
        return new Report(finds.stream().distinct().toList(), Map.copyOf(searched));
    }

    private void look(String kind, String place, byte[] content) {
        searched.merge(kind, 1, Integer::sum);
        finds.addAll(needles.in(place, content));
    }

    /** Takes one thing to look at: kind of place, place, content. */
    interface Look {
        /** Looks at one thing. */
        void at(String kind, String place, byte[] content);
    }
}
