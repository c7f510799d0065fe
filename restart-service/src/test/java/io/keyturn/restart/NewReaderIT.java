package io.keyturn.restart;

import java.sql.SQLException;

import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

import static io.keyturn.restart.Shop.ASKS;
import static org.assertj.core.api.Assertions.assertThat;

/** A workload and the first content it reads may be met at the same moment. */
@QuarkusTest
@QuarkusTestResource(RestartServers.class)
class NewReaderIT extends RestartScenario {
    @Test
    void readerThatTurnsUpWhileTheFirstContentIsBeingRememberedRollsWithTheNextChange() throws Exception {
        shop.changed("known", null, "A=1");
        soon().until(() -> count("object_content where object = '%s'".formatted(key("known"))) == 1);
        try (var owner = owner();
                var statement = owner.createStatement()) {
            owner.setAutoCommit(false);
            statement.execute("lock table object_content in exclusive mode");
            shop.changed("db", null, "PASSWORD=1");
            soon().until(() ->
                    count("pg_locks where not granted and relation = cast('object_content' as regclass)") > 0);
            shop.deployment(
                    "api",
                    0,
                    ASKS,
                    new PodTemplateSpecBuilder(shop.template("api", "db", "PASSWORD"))
                            .editSpec()
                            .editFirstContainer()
                            .addNewEnvFrom()
                            .withNewSecretRef("known", false)
                            .endEnvFrom()
                            .endContainer()
                            .endSpec()
                            .build());
            soon().until(() -> inUse("known"));
            assertThat(inUse("db")).as("there is no content yet").isFalse();
            owner.rollback();
        }

        soon().until(() -> inUse("db"));
        shop.changed("db", null, "PASSWORD=2");
        soon().until(() -> shop.generation("api") == 2);
    }

    @Test
    void publicationThatWasTheFirstToBeSeenRollsItsReadersWhenItsRunStampsItAgain() {
        shop.deployment("api", ASKS, "db");
        shop.deployment("settled", ASKS, "known");
        shop.changed("known", null, "A=1");
        soon().until(() -> inUse("known"));
        shop.changed("known", "run.1", "A=1");
        fenceStamped("db", "run.1", "PASSWORD=2");
        soon().until(() -> inUse("db"));
        assertThat(shop.generation("api")).isOne();

        shop.changed("known", "run.2", "A=1");
        fenceStamped("db", "run.2", "PASSWORD=2");
        assertThat(shop.generation("api")).isEqualTo(2);
        fenceStamped("db", "run.3", "PASSWORD=2");
        assertThat(shop.generation("api")).as("now it has been rolled").isEqualTo(2);
        fenceStamped("known", "run.3", "A=1");
        assertThat(shop.generation("settled")).as("known before").isOne();
    }

    @Test
    void whatWasLostIsKnownAgainAlsoWhereAPublicationRollsNobody() throws Exception {
        try (var owner = owner();
                var insert = owner.prepareStatement("insert into lost_baseline (object) values (?)")) {
            insert.setString(1, key("db"));
            insert.executeUpdate();
        }
        shop.changed("db", "run.1", "PASSWORD=1");
        completed(1);
        assertThat(count("lost_baseline where object = '%s'".formatted(key("db"))))
                .isZero();
    }

    private boolean inUse(String secret) throws SQLException {
        return count("baseline where object = '%s'".formatted(key(secret))) == 1;
    }

    private String key(String secret) {
        return "Secret/" + shop.namespace + "/" + secret;
    }
}
