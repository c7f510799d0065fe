package io.keyturn.watcher;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.regex.Pattern;

import jakarta.inject.Inject;

import io.keyturn.contract.event.SecretChanged;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.topic.Topic;
import io.keyturn.testbed.Testbed;
import io.keyturn.watcher.leader.Campaign;
import io.keyturn.watcher.leader.Role;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What passes between the service and the API server: a value once, when it is new, and else nothing but metadata. */
@QuarkusTest
@TestProfile(Wiretap.class)
class MetadataOnlyIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final ObjectRef SECRET = ObjectRef.secret("wiretapped", "db");

    @Inject
    Campaign campaign;

    private final TopicLog topic = new TopicLog(Topic.SECRETS);

    @AfterEach
    void close() throws InterruptedException {
        campaign.stop();
        topic.close();
    }

    @Test
    void eachValueIsReadOnceAndListsAndWatchesCarryNone() throws InterruptedException {
        lead();
        Testbed.shared().kubernetes().createNamespace(SECRET.namespace());
        for (int i = 1; i <= 3; i++) {
            Secrets.write(SECRET, value(i));
            int said = i;
            await().atMost(PATIENCE)
                    .until(() -> topic.events(SECRET, SecretChanged.class).size() == said);
        }
        campaign.stop();
        lead();

        for (int i = 1; i <= 3; i++) {
            var encoded = Base64.getEncoder().encodeToString(value(i).getBytes(StandardCharsets.UTF_8));
            assertThat(occurrences(encoded, Wiretap.answered()))
                    .as("value %d", i)
                    .isOne();
        }
        assertThat(occurrences("GET /api/v1/namespaces/wiretapped/secrets/db HTTP", Wiretap.asked()))
                .isEqualTo(3);
        // The watch was there, and told of every version.
        assertThat(occurrences("GET /api/v1/secrets\\?[^ ]*watch=true", Wiretap.asked()))
                .isGreaterThanOrEqualTo(2);
        assertThat(Wiretap.answered()).contains("\"kind\":\"PartialObjectMetadata\"");
    }

    private void lead() {
        campaign.start();
        await().atMost(PATIENCE).until(() -> campaign.role() == Role.LEADING);
    }

    private static String value(int number) {
        return "tapped-value-" + number + "-5d1c";
    }

    private static int occurrences(String pattern, String text) {
        return (int) Pattern.compile(pattern).matcher(text).results().count();
    }
}
