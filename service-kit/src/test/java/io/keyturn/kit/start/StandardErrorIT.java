package io.keyturn.kit.start;

import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import javax.sql.DataSource;

import jakarta.inject.Inject;

import io.keyturn.kit.bridge.Bridge;
import io.keyturn.kit.server.KitServers;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import org.hibernate.reactive.mutiny.Mutiny;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** PostgreSQL ends a session that is in use but waits for nothing: the driver prints what the server said. */
@QuarkusTest
@WithTestResource(KitServers.class)
class StandardErrorIT {
    private static final String DRIVER = "io.vertx.sqlclient.impl.SqlConnectionBase";

    @Inject
    Mutiny.SessionFactory sessions;

    @Inject
    DataSource database;

    private final List<String> told = new CopyOnWriteArrayList<>();
    private final PrintStream before = System.err;

    @BeforeEach
    void capture() {
        System.setErr(new StandardError((who, what) -> told.add(who + " " + what)));
    }

    @AfterEach
    void giveBack() {
        System.setErr(before);
    }

    @Test
    void whatTheDriverPrintsIsOneLineWithoutTheWordsOfTheServer() {
        var process = new CompletableFuture<Integer>();
        var goOn = new CompletableFuture<Void>();
        var work = CompletableFuture.runAsync(
                () -> Bridge.await(() -> sessions.withTransaction(
                        session -> session.createNativeQuery("select pg_backend_pid()", Integer.class)
                                .getSingleResult()
                                .invoke(process::complete)
                                .chain(() -> Uni.createFrom().completionStage(goOn)))),
                task -> Thread.ofVirtual().start(task));

        terminate(process.join());
        await().atMost(Duration.ofSeconds(20)).until(() -> !told.isEmpty());
        goOn.complete(null);

        assertThatThrownBy(work::join).isNotNull();
        // That the connection is gone may be told as well.
        assertThat(told)
                .contains(DRIVER + " PgException")
                .allSatisfy(line -> assertThat(line).isIn(DRIVER + " PgException", DRIVER + " SocketException"));
    }

    private void terminate(int process) {
        try (var connection = database.getConnection();
                var statement = connection.prepareStatement("select pg_terminate_backend(?)")) {
            statement.setInt(1, process);
            statement.execute();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
